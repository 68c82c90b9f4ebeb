import FileAccess
import Foundation
import RunLog
import TestSupport
import Testing

/// Runs in file stores of mlflow.
struct MlflowTests {
  private static let run = "/runs/1f3c"

  private static func store(_ metrics: [String: String]) -> FakeFileSystem {
    let files = FakeFileSystem()
    files.create(run + "/meta.yaml", "run_name: x\n")
    for (key, text) in metrics { add(key, text, to: files) }
    return files
  }

  private static func add(_ key: String, _ text: String, to files: FakeFileSystem) {
    let path = run + "/metrics/" + key
    var folder = PathText.parent(of: path)
    while folder != run {
      files.makeDirectory(folder)
      folder = PathText.parent(of: folder)
    }
    files.append(path, text)
  }

  private static func reading(_ files: FakeFileSystem, path: String = run) -> PointReading {
    var reading = PointReading(files, path: path)
    reading.readOn()
    return reading
  }

  @Test func `A store gives what mlflow reads`() throws {
    let expected = try Fixture.points("mlflow.tsv")
    #expect(expected.values.reduce(0) { $0 + $1.count } == 47)
    let files = FakeFileSystem()
    let root = Fixture.path("mlflow")
    let found = try #require(FileManager.default.enumerator(atPath: root))
    for case let name as String in found {
      let path = Self.run + "/" + name
      if let data = FileManager.default.contents(atPath: root + "/" + name) {
        files.create(path, Array(data))
      } else {
        files.makeDirectory(path)
      }
    }
    let reading = Self.reading(files)
    #expect(reading.points == expected)
    #expect(reading.status.dialect == .mlflow)
    #expect(reading.status.stepSource == .logged)
    #expect(reading.status.lines == 47)
    #expect(reading.notices.isEmpty)
    var slow = PointReading(files, path: Self.run)
    slow.readOn(limit: ReadLimit(bytes: 10, records: 1))
    #expect(slow.points == expected)
  }

  @Test func `What was logged together is one record`() {
    let files = Self.store([
      "loss": "1000 1.5 1\n1000 1.25 2\n3000 1 3\n", "kl": "1000 0.5 1\n1000 0.75 2\n", "late": "2500 7 2\n",
    ])
    var reading = Reading(files, path: Self.run)
    reading.readOn()
    #expect(
      reading.entries == [
        "1 step 1 kl=0.5 loss=1.5", "3 step 2 kl=0.75 loss=1.25", "5 step 2 late=7.0", "6 step 3 loss=1.0",
      ])
  }

  @Test func `Rows have two, three or five fields and Python's numbers`() {
    let files = Self.store([
      "a/b c": "1000 nan 4\n2000 -inf 5 set 0a1b\n3000 1e-05 6\n", "old": "1000 1\n2000 2\n3000 3\n",
    ])
    let reading = Self.reading(files)
    #expect(
      reading.points["a/b c"] == [
        LoggedPoint(step: 4, value: .nan, time: 1), LoggedPoint(step: 5, value: -.infinity, time: 2),
        LoggedPoint(step: 6, value: 1e-5, time: 3),
      ])
    #expect(reading.points["old"]?.map(\.step) == [0, 1, 2])
    #expect(reading.status.stepSource == .logged)
  }

  @Test func `Without any step the rows of a metric are counted`() {
    let reading = Self.reading(Self.store(["old": "1000 1\n2000 2\n", "other": "1000 5\n2000 6\n"]))
    #expect(reading.points.mapValues { $0.map(\.step) } == ["old": [0, 1], "other": [0, 1]])
    #expect(reading.status.stepSource == .inferredFromOrder)
  }

  @Test func `Rows and metrics that come later are read, torn rows when they are whole`() {
    let files = Self.store(["loss": "1000 1.5 1\n"])
    var reading = PointReading(files, path: Self.run)
    reading.readOn()
    #expect(reading.status.source == .upToDate)
    Self.add("loss", "2000 1.2", to: files)
    reading.readOn()
    #expect(reading.points["loss"]?.count == 1)
    Self.add("loss", "5 2\n", to: files)
    Self.add("eval/old/acc", "2100 0.5 2\n", to: files)
    reading.readOn()
    #expect(reading.points["loss"]?.last == LoggedPoint(step: 2, value: 1.25, time: 2))
    #expect(reading.points["eval/old/acc"] == [LoggedPoint(step: 2, value: 0.5, time: 2.1)])
    #expect(reading.startedOver == 0)
  }

  @Test func `A run that is resumed goes back once, in all its metrics`() {
    let files = Self.store([
      "loss": "1000 3 1\n2000 2 2\n3000 1 3\n9000 2.5 2\n",
      "kl": "1000 0 1\n2000 0.1 2\n3000 0.2 3\n9000 0.1 2\n",
    ])
    var reading = Reading(files, path: Self.run)
    reading.readOn()
    #expect(reading.entries.last == "7 step 2 kl=0.1 loss=2.5")
    #expect(reading.entries.count == 4)
  }

  @Test(arguments: ["shrinks", "is replaced", "is written anew"])
  func `A metric that is not what it was starts the run over`(story: String) {
    let files = Self.store(["loss": "1000 3 1\n2000 2 2\n", "kl": "1000 0 1\n"])
    var reading = PointReading(files, path: Self.run)
    reading.readOn()
    let path = Self.run + "/metrics/loss"
    switch story {
    case "shrinks": files.truncate(path, to: 9)
    case "is replaced": files.create(path, "5000 9 1\n6000 8 2\n7000 7 3\n")
    default: files.rewrite(path, "5000 9 1\n6000 8 2\n7000 7 3\n")
    }
    reading.readOn()
    #expect(reading.startedOver == 1)
    #expect(reading.points["kl"]?.count == 2)
    #expect(reading.points["loss"]?.count == (story == "shrinks" ? 3 : 5))
    #expect(reading.status.source == .upToDate)
  }

  @Test func `Zeros that a network file system shows are waited for`() {
    let files = Self.store(["loss": "1000 3 1\n2000 2"])
    files.append(Self.run + "/metrics/loss", [UInt8](repeating: 0, count: 12))
    var reading = PointReading(files, path: Self.run)
    reading.readOn()
    #expect(reading.points["loss"]?.count == 1)
    files.rewrite(Self.run + "/metrics/loss", "1000 3 1\n2000 2 2\n3000 1 3\n")
    reading.readOn()
    #expect(reading.points["loss"]?.map(\.step) == [1, 2, 3])
    #expect(reading.startedOver == 0)
  }

  @Test func `A damaged row is rejected alone, with the metric it stands in`() {
    let files = Self.store(["loss": "1000 3 1\nhello\n2000 x 2\n3000 1 three\n4000 2 4\n"])
    let reading = Self.reading(files)
    #expect(reading.points["loss"]?.map(\.step) == [1, 4])
    #expect(
      reading.rejections
        == Array(repeating: "not milliseconds, a value and a step: metric loss", count: 3))
  }

  @Test func `A row without end is no row`() {
    let files = Self.store([
      "loss": "1000 3 1\n", "big": String(repeating: "7", count: 200_000) + "\n5 1 2\n",
    ])
    let reading = Self.reading(files)
    #expect(reading.points["loss"]?.count == 1)
    #expect(reading.points["big"]?.map(\.step) == [2])
    #expect(!reading.rejections.isEmpty)
  }

  @Test(arguments: [run + "/metrics", run])
  func `A run may be named by its folder or its folder of metrics`(path: String) {
    let reading = Self.reading(Self.store(["a/loss": "1000 3 1\n", "kl": "1000 0 1\n"]), path: path)
    #expect(Set(reading.points.keys) == ["a/loss", "kl"])
  }

  @Test func `A metric may be named alone`() {
    let files = Self.store(["a/loss": "1000 3 1\n", "kl": "1000 0 1\n"])
    #expect(Set(Self.reading(files, path: Self.run + "/metrics/a/loss").points.keys) == ["a/loss"])
  }

  @Test func `A folder without the description of a run is none`() {
    let files = FakeFileSystem()
    files.makeDirectory("/runs")
    files.create("/runs/metrics/loss", "1000 3 1\n")
    #expect(MlflowRun("/runs", in: files) == nil)
    #expect(RunLocation.resolve("/runs/metrics/loss", in: files) == .file("/runs/metrics/loss"))
  }

  @Test func `A run that is deleted is told, and one that comes back is read again`() {
    let files = Self.store(["loss": "1000 3 1\n"])
    var reading = PointReading(files, path: Self.run)
    reading.readOn()
    files.fail(Self.run + "/metrics", with: .missing)
    reading.readOn()
    #expect(reading.status.source == .removed)
    files.fail(Self.run + "/metrics", with: nil)
    Self.add("loss", "2000 2 2\n", to: files)
    reading.readOn()
    #expect(reading.points["loss"]?.map(\.step) == [1, 2])
    #expect(reading.status.source == .upToDate)
  }

  @Test func `Every row of many metrics comes once, whatever the pieces`() {
    var generator = SplitMix64(seed: 5)
    var texts: [String: String] = [:]
    for key in 0..<20 {
      texts["m\(key)"] = (0..<400).map { "\($0 * 10 + key % 3) \(key).5 \($0)\n" }.joined()
    }
    let files = Self.store(texts)
    var reading = PointReading(files, path: Self.run)
    reading.readOn(limit: ReadLimit(bytes: Int.random(in: 1...900, using: &generator), records: 7))
    #expect(reading.points.count == 20)
    #expect(reading.points.values.allSatisfy { $0.map(\.step) == Array(0..<400) })
    #expect(reading.status.lines == 8000)
  }
}
