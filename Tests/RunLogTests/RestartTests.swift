import FileAccess
import RunLog
import TestSupport
import Testing

/// Everything that can happen to the file of a log.
struct RestartTests {
  private let path = Reading.path
  private let two = "{\"step\":1,\"loss\":2}\n{\"step\":2,\"loss\":1}\n"
  private let twoRecords = ["1 step 1 loss=2.0", "2 step 2 loss=1.0"]

  private func begun() -> Reading {
    var reading = Reading()
    reading.append(two)
    return reading
  }

  @Test func `A file that does not exist yet is waited for`() {
    var reading = Reading()
    reading.readOn()
    #expect(reading.status == ReadStatus(source: .waitingForFile))
    reading.files.makeDirectory("/runs")
    reading.readOn()
    #expect(reading.status.source == .waitingForFile)
    reading.append(two)
    #expect(reading.entries == twoRecords)
    #expect(reading.status.source == .upToDate)
  }

  @Test func `An empty file has no dialect and no lines`() {
    let all = transcript(of: "")
    #expect(all.entries.isEmpty)
    #expect(all.status.dialect == nil)
    #expect(all.status.lines == 0)
    #expect(all.status.bytesTotal == 0)
    #expect(all.status.source == .upToDate)
  }

  @Test func `Appending after a pause continues`() {
    var reading = begun()
    reading.append("{\"step\":3,\"loss\":0}\n")
    #expect(reading.entries == twoRecords + ["3 step 3 loss=0.0"])
  }

  @Test func `A truncated file is read again from its start`() {
    var reading = begun()
    reading.files.truncate(path, to: 0)
    reading.readOn()
    #expect(reading.entries == twoRecords + ["1 started over: truncated"])
    #expect(reading.status.lines == 0)
    reading.append("{\"step\":0,\"loss\":9}\n")
    #expect(reading.entries.last == "1 step 0 loss=9.0")
    #expect(reading.status.lines == 1)
  }

  @Test func `A file truncated in the middle is read again whole`() {
    var reading = begun()
    reading.files.truncate(path, to: 19)
    reading.append("\n{\"step\":7}\n")
    #expect(
      reading.entries == twoRecords + [
        "1 started over: truncated", "1 restart from 2 to 1, 0 records back", "1 step 1 loss=2.0", "2 step 7",
      ])
  }

  @Test func `A replaced file is read again`() {
    var reading = begun()
    reading.files.create(path, "{\"step\":5,\"loss\":7}\n")
    reading.readOn()
    #expect(
      reading.entries == twoRecords + [
        "1 started over: replaced", "1 restart from 2 to 5, 0 records back", "1 step 5 loss=7.0",
      ])
    #expect(reading.transcript.keys == ["loss"])
  }

  @Test func `What was written to a file before it was rotated is not lost`() {
    var reading = begun()
    reading.files.append(path, "{\"step\":3,\"loss\":0}")
    reading.files.rename(path, to: path + ".1")
    reading.files.create(path, "{\"step\":4}\n")
    reading.readOn()
    #expect(
      reading.entries == twoRecords + ["3 step 3 loss=0.0", "1 started over: replaced", "1 step 4"])
  }

  @Test func `What was written to a file right before it was moved away is not lost`() {
    var reading = begun()
    let files = reading.files
    files.afterNextStatus { [path] in
      files.append(path, "{\"step\":3,\"loss\":0}\n")
      files.rename(path, to: path + ".1")
      files.create(path, "{\"step\":4}\n")
    }
    reading.readOn()
    #expect(
      reading.entries == twoRecords + ["3 step 3 loss=0.0", "1 started over: replaced", "1 step 4"])
  }

  @Test func `A removed file keeps what was read, and another one starts over`() {
    var reading = begun()
    reading.files.remove(path)
    reading.readOn()
    #expect(reading.entries == twoRecords)
    #expect(reading.status.source == .removed)
    #expect(reading.status.lines == 2)
    reading.append("{\"step\":0}\n")
    #expect(reading.entries == twoRecords + ["1 started over: replaced", "1 step 0"])
    #expect(reading.status.source == .upToDate)
  }

  @Test(arguments: [
    "{\"step\":9,\"loss\":2}\n{\"step\":2,\"loss\":1}\n",
    "{\"step\":1,\"loss\":2}\n{\"step\":2,\"loss\":8}\n",
    "{\"step\":1,\"loss\":2}\n{\"step\":2,\"loss\":8}\n{\"step\":3}\n",
  ])
  func `A file rewritten in place to no smaller a size is read again`(text: String) {
    var reading = begun()
    reading.files.rewrite(path, text)
    reading.readOn()
    #expect(
      reading.entries == twoRecords + [
        "1 started over: replaced", "1 restart from 2 to \(text.dropFirst(8).first ?? "?"), 0 records back",
      ] + transcript(of: text).entries)
  }

  @Test func `A file rewritten in place with what it had and more just goes on`() {
    var reading = begun()
    reading.files.rewrite(path, two + "{\"step\":3}\n")
    reading.readOn()
    #expect(reading.entries == twoRecords + ["3 step 3"])
  }

  @Test func `Zeros that become text later are read again`() {
    var reading = begun()
    reading.append("\0\0\0\0\0\0\0\0\0\0\0")
    reading.files.rewrite(path, two + "{\"step\":3}\n")
    reading.readOn()
    #expect(
      reading.entries == twoRecords + ["1 started over: replaced", "1 restart from 2 to 1, 0 records back"]
        + twoRecords + ["3 step 3"])
  }

  @Test func `A line that is edited in place, far from both ends of the file, is read`() {
    var reading = Reading()
    let lines = (0..<200).map { "{\"step\":\($0),\"loss\":1}\n" }
    reading.append(lines.joined())
    var edited = lines
    edited[100] = "{\"step\":100,\"loss\":7}\n"
    reading.files.rewrite(path, edited.joined())
    reading.readOn()
    #expect(reading.entries.count == 402)
    #expect(reading.entries.suffix(100).first == "101 step 100 loss=7.0")
  }

  @Test func `A hole in the middle that is filled later is read`() {
    var reading = Reading()
    let before = (0..<50).map { "{\"step\":\($0),\"loss\":1}\n" }.joined()
    let hole = (50..<100).map { "{\"step\":\($0),\"loss\":2}\n" }.joined()
    let after = (100..<150).map { "{\"step\":\($0),\"loss\":3}\n" }.joined()
    reading.append(before + String(repeating: "\0", count: hole.utf8.count - 1) + "\n" + after)
    let known = reading.entries.count
    reading.files.rewrite(path, before + hole + after + "{\"step\":150,\"loss\":4}\n")
    reading.readOn()
    #expect(reading.entries.count == known + 2 + 151)
    #expect(reading.entries.last == "151 step 150 loss=4.0")
  }

  @Test func `A file that only looks changed goes on`() {
    var reading = begun()
    reading.files.rewrite(path, two)
    reading.readOn()
    #expect(reading.entries == twoRecords)
  }

  @Test func `A pending half line is dropped when the file starts over`() {
    var reading = begun()
    reading.append("{\"step\":3,\"lo")
    reading.files.create(path, "{\"step\":0,\"loss\":4}\n")
    reading.readOn()
    #expect(
      reading.entries == twoRecords + [
        "1 started over: replaced", "1 restart from 2 to 0, 0 records back", "1 step 0 loss=4.0",
      ])
  }

  @Test func `An empty file that is replaced needs no notice`() {
    var reading = Reading()
    reading.append("")
    reading.files.create(path, two)
    reading.readOn()
    #expect(reading.entries == twoRecords)
  }

  @Test func `A record without a step belongs to step 0 again after starting over`() {
    var reading = begun()
    reading.files.create(path, "{\"loss\":7}\n")
    reading.readOn()
    #expect(reading.entries.last == "1 step 0* loss=7.0")
    #expect(reading.status.dialect == .jsonl)
  }

  @Test func `The dialect is found anew after starting over`() {
    var reading = Reading()
    reading.append("{\"step\":1,\"mode\":\"train\"}\n")
    #expect(reading.status.dialect == .native)
    reading.files.create(path, "{\"step\":1,\"loss\":2}\n")
    reading.readOn()
    #expect(reading.status.dialect == .jsonl)
  }

  @Test func `A file that cannot be read for a while goes on where it stopped`() {
    var reading = begun()
    reading.files.fail(path, with: .unreadable("Input/output error"))
    reading.readOn()
    #expect(reading.status.source == .failed("/runs/metrics.jsonl: Input/output error"))
    reading.files.fail(path, with: nil)
    reading.append("{\"step\":3}\n")
    #expect(reading.entries == twoRecords + ["3 step 3"])
    #expect(reading.status.source == .upToDate)
  }

  @Test func `A file that may not be read says so`() {
    let files = FakeFileSystem()
    files.create(path, two)
    files.fail(path, with: .unreadable("Permission denied"))
    var reading = Reading(files)
    reading.readOn()
    #expect(reading.status.source == .failed("/runs/metrics.jsonl: Permission denied"))
    #expect(reading.entries.isEmpty)
  }
}

extension ReadStatus {
  fileprivate init(source: SourceState) {
    self.init()
    self.source = source
  }
}
