import FileAccess
import RunLog
import TestSupport
import Testing

/// Which file a path means.
struct RunLocationTests {
  @Test func `A path may be the log itself, nothing yet, standard input or a directory`() {
    let files = FakeFileSystem()
    files.create("/run/a.txt", "{}\n")
    #expect(RunLocation.resolve("/run/a.txt", in: files) == .file("/run/a.txt"))
    #expect(RunLocation.resolve("/run/b.txt", in: files) == .waiting)
    #expect(RunLocation.resolve("-", in: files) == .pipe("-"))
    #expect(RunLocation.resolve("/run", in: files) == .directory("/run"))
  }

  @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b", "a")])
  func `The directory of a path`(path: String, parent: String) {
    #expect(PathText.parent(of: path) == parent)
  }

  @Test func `A directory and the log in it may be created later`() {
    var reading = Reading(path: "/run")
    reading.readOn()
    #expect(reading.status.source == .waitingForFile)
    reading.files.makeDirectory("/run")
    reading.readOn()
    #expect(reading.status.source == .waitingForFile)
    reading.files.append("/run/metrics.jsonl", "{\"step\":1}\n")
    reading.readOn()
    #expect(reading.entries == ["1 step 1"])
  }

  @Test func `A better log that appears in the directory takes over`() {
    var reading = Reading(path: "/run")
    reading.files.create("/run/samples.jsonl", "{\"step\":1}\n")
    reading.readOn()
    reading.files.create("/run/metrics.jsonl", "{\"step\":2}\n")
    reading.readOn()
    #expect(reading.entries == ["1 step 1", "1 started over: replaced", "1 step 2"])
  }

  @Test func `A second log of no usual name changes nothing`() {
    var reading = Reading(path: "/run")
    reading.files.create("/run/a.jsonl", "{\"step\":1}\n")
    reading.readOn()
    reading.files.create("/run/b.jsonl", "{\"step\":9}\n")
    reading.files.append("/run/a.jsonl", "{\"step\":2}\n")
    reading.readOn()
    #expect(reading.entries == ["1 step 1", "2 step 2"])
    #expect(reading.status.source == .upToDate)
  }

  @Test func `Standard input is read to its end`() {
    var reading = Reading(path: "-")
    reading.files.type("{\"step\":1}\n{\"step\":")
    reading.readOn()
    #expect(reading.entries == ["1 step 1"])
    #expect(reading.status.source == .upToDate)
    #expect(reading.status.bytesTotal == nil)
    reading.files.type("2}")
    reading.files.endInput()
    reading.readOn()
    #expect(reading.entries == ["1 step 1", "2 step 2"])
    #expect(reading.status.source == .ended)
    #expect(reading.status.lines == 2)
    reading.readOn()
    #expect(reading.entries.count == 2)
    #expect(reading.status.source == .ended)
  }
}
