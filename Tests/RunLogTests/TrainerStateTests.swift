import RunLog
import TestSupport
import Testing

/// `trainer_state.json` of the Hugging Face Trainer.
struct TrainerStateTests {
  private static func state(_ rows: [String]) -> String {
    """
    {
      "best_metric": null,
      "log_history": [
        \(rows.joined(separator: ",\n    "))
      ],
      "max_steps": 40
    }

    """
  }

  @Test func `A state of the Trainer gives every number of its history`() throws {
    let reading = PointReading.of(try Fixture.bytes("trainer_state.json"))
    let expected = try Fixture.points("trainer_state.json.tsv")
    #expect(expected.values.reduce(0) { $0 + $1.count } == 110)
    #expect(reading.points == expected)
    #expect(reading.status.dialect == .trainerState)
    #expect(reading.status.lines == 222)
    let done = try #require(TrainingProgress(done: 40, total: 40))
    #expect(reading.notices == [.progress(done)])
  }

  @Test func `Every half-written state is waited for`() throws {
    let bytes = Array(Self.state(["{\"step\": 1, \"loss\": 2.5}", "{\"step\": 2, \"loss\": NaN}"]).utf8)
    for split in 0..<bytes.count {
      let files = FakeFileSystem()
      files.create(Reading.path, Array(bytes[..<split]))
      var reading = PointReading(files)
      reading.readOn()
      let isWhole = split >= bytes.count - 1
      #expect(reading.records == (isWhole ? 2 : 0), "\(split) bytes")
      #expect(reading.notices.isEmpty, "\(split) bytes")
      files.append(Reading.path, bytes[split...])
      reading.readOn()
      #expect(reading.records == 2, "split at \(split)")
      #expect(reading.status.dialect == .trainerState)
    }
  }

  @Test func `A rewritten state brings only what is new and is no restart`() {
    let rows = (1...4).map { "{\"step\": \($0), \"loss\": \($0).5}" }
    var reading = PointReading()
    for count in 1...4 {
      reading.files.append(Reading.path, "")
      reading.files.rewrite(Reading.path, "")
      reading.readOn()
      let text = Self.state(Array(rows[..<count]))
      reading.files.rewrite(Reading.path, String(text.prefix(40)))
      reading.readOn()
      reading.files.rewrite(Reading.path, text)
      reading.readOn()
      #expect(reading.records == count)
    }
    #expect(reading.startedOver == 0)
    #expect(reading.points["loss"]?.map(\.step) == [1, 2, 3, 4])
  }

  @Test func `A state of another run is a restart`() {
    var reading = PointReading()
    reading.files.create(
      Reading.path, Self.state(["{\"step\": 1, \"loss\": 1}", "{\"step\": 2, \"loss\": 2}"]))
    reading.readOn()
    reading.files.rewrite(
      Reading.path, Self.state(["{\"step\": 1, \"loss\": 1}", "{\"step\": 2, \"loss\": 3}"]))
    reading.readOn()
    #expect(reading.startedOver == 1)
    #expect(reading.points["loss"]?.map(\.value) == [1.0, 2, 3].map(\.bitPattern))
  }

  @Test func `A log of lines in place of a state is a restart`() {
    var reading = PointReading()
    reading.files.create(Reading.path, Self.state(["{\"step\": 1, \"loss\": 1}"]))
    reading.readOn()
    reading.files.rewrite(Reading.path, "{\"step\": 1, \"loss\": 7}\n")
    reading.readOn()
    #expect(reading.startedOver == 1)
    #expect(reading.status.dialect == .jsonl)
    #expect(reading.records == 2)
  }

  @Test func `The newest checkpoint of a directory is read`() {
    let files = FakeFileSystem()
    files.makeDirectory("/run")
    for step in [5, 40, 9] {
      files.makeDirectory("/run/checkpoint-\(step)")
      files.create(
        "/run/checkpoint-\(step)/trainer_state.json", Self.state(["{\"step\": \(step), \"loss\": 1}"]))
    }
    var reading = PointReading(files, path: "/run")
    reading.readOn()
    #expect(reading.points["loss"]?.map(\.step) == [40])
  }

  @Test func `Damaged states never do harm`() throws {
    let bytes = try Fixture.bytes("trainer_state.json")
    var generator = SplitMix64(seed: 11)
    for round in 0..<150 {
      let reading = PointReading.of(mutated(bytes, with: &generator))
      #expect(reading.status.source == .upToDate, "round \(round)")
      #expect(reading.records <= 60, "round \(round)")
    }
  }
}
