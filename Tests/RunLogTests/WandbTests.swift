import RunLog
import TestSupport
import Testing

/// Offline logs of Weights & Biases.
struct WandbTests {
  @Test func `A log gives what the classes of W&B read`() throws {
    let bytes = try Fixture.bytes("hf_trainer.wandb")
    let expected = try Fixture.points("hf_trainer.wandb.tsv")
    #expect(expected.values.reduce(0) { $0 + $1.count } == 131)
    let reading = PointReading.of(bytes)
    #expect(reading.points == expected)
    #expect(reading.status.dialect == .wandb)
    #expect(reading.notices.allSatisfy { $0.isOfTheRun })
    #expect(PointReading.of(bytes, limit: ReadLimit(bytes: 100, records: 1)).points == expected)
  }

  @Test func `A metric is drawn over the step that was defined for it`() throws {
    let bytes = try Fixture.bytes("define_metric.wandb")
    let expected = try Fixture.points("define_metric.wandb.tsv")
    #expect(expected["eval/loss"]?.map(\.step) == [1000, 4000, 7000, 10000, 77000])
    #expect(expected["kl"]?.map(\.step) == (0..<12).map { $0 * 100 })
    #expect(expected["loss"]?.map(\.step) == Array(0..<12))
    let reading = PointReading.of(bytes)
    #expect(reading.points == expected)
    #expect(
      reading.notices.filter { !$0.isOfTheRun } == [.stepOddity(.secondCounter(key: "kl", lead: "loss"))])
    #expect(PointReading.of(bytes, limit: ReadLimit(bytes: 100, records: 1)).points == expected)
  }

  @Test func `The configuration and the exit code of the run are read`() {
    func item(_ key: [String], _ json: String) -> [UInt8] {
      Proto.bytes(
        1,
        key.flatMap { Proto.bytes(key.count == 1 ? 1 : 2, Array($0.utf8)) }
          + Proto.bytes(16, Array(json.utf8)))
    }
    func notices(exit code: UInt64?) -> [LogNotice.Kind] {
      let start = item(["learning_rate"], "2e-05") + item(["_wandb"], "{}") + item(["model"], "\"gpt2\"")
      let later = item(["lora", "r"], "8") + item(["learning_rate"], "1e-05")
      return PointReading.of(
        WandbFile.with([
          Proto.bytes(17, Proto.bytes(4, start)), WandbFile.record(1, [(["loss"], "1")]),
          Proto.bytes(5, later),
          Proto.bytes(18, code.map { Proto.varint(1, $0) } ?? []),
        ])
      ).notices
    }
    var first = RunDescription()
    first.configuration = ["learning_rate": "2e-05", "model": "gpt2"]
    first.configurationSource = "the .wandb log"
    var second = first
    second.configuration = ["lora/r": "8", "learning_rate": "1e-05"]
    #expect(notices(exit: nil) == [.run(first), .run(second), .ended(TrainingEnd(status: "finished"))])
    #expect(notices(exit: 1).last == .ended(TrainingEnd(status: "failed", reason: "exit code 1")))
  }

  @Test func `A name counts before a pattern, and a step that is no integer or not there counts not`() {
    let file = WandbFile.with([
      WandbFile.metric(pattern: "*", step: "all"), WandbFile.metric(pattern: "eval/*", step: "tokens"),
      WandbFile.metric(name: "eval/loss", step: "group.x"), WandbFile.metric(name: "a\\.b", step: "tokens"),
      WandbFile.metric(pattern: "*_end", step: "tokens"), WandbFile.metric(name: "all", step: "all"),
      WandbFile.record(
        7,
        [
          (["eval/loss"], "1"), (["eval/acc"], "2"), (["a.b"], "3"), (["other"], "4"), (["at_end"], "5"),
          (["tokens"], "100"), (["group", "x"], "30"), (["all"], "9"),
        ]),
      WandbFile.record(8, [(["eval/acc"], "1"), (["tokens"], "1.5"), (["eval/loss"], "1")]),
    ])
    let steps = PointReading.of(file).points.mapValues { $0.map(\.step) }
    #expect(
      steps == [
        "eval/loss": [30, 8], "eval/acc": [100, 8], "a.b": [100], "other": [9], "at_end": [100],
        "tokens": [9, 8], "group/x": [9], "all": [7],
      ])
  }

  @Test func `Items have keys, nested keys and numbers that JSON has not`() {
    let file = WandbFile.with([
      WandbFile.record(
        3,
        [
          (["a/b"], "1.5"), (["group", "x"], "-2e-3"), (["nan"], "NaN"), (["quoted"], "\"Infinity\""),
          (["low"], "-Infinity"), (["text"], "\"hello\""), (["list"], "[1,2]"), (["flag"], "true"),
          (["picture", "_type"], "\"image-file\""), (["picture", "width"], "28"), (["_runtime"], "9"),
          (["_step"], "4"), (["_timestamp"], "12.5"), (["none"], "null"), (["NaNo"], "NaNo"),
        ]),
      WandbFile.record(4, [(["loss"], "1"), (["train", "global_step"], "40"), (["_step"], "5")]),
      WandbFile.record(7, [(["loss"], "2")], usesKey: true),
    ])
    let reading = PointReading.of(file)
    let expected = [
      "a/b": 1.5, "group/x": -2e-3, "nan": .nan, "quoted": .infinity, "low": -.infinity,
    ].mapValues { [LoggedPoint(step: 4, value: $0, time: 12.5)] }
    #expect(reading.points.filter { expected[$0.key] != nil } == expected)
    #expect(Set(reading.points.keys) == Set(expected.keys).union(["loss", "train/global_step"]))
    #expect(reading.points["loss"]?.map(\.step) == [40, 7])
  }

  @Test func `A torn record is waited for at every byte`() {
    let bytes = WandbFile.with([
      WandbFile.record(1, [(["loss"], "1")]), WandbFile.record(2, [(["loss"], "2")]),
    ])
    for split in 0...bytes.count {
      let files = FakeFileSystem()
      files.create(Reading.path, Array(bytes[..<split]))
      var reading = PointReading(files)
      reading.readOn()
      files.append(Reading.path, bytes[split...])
      reading.readOn()
      #expect(reading.points["loss"]?.map(\.step) == [1, 2], "split at \(split)")
      #expect(reading.notices.isEmpty, "split at \(split)")
    }
  }

  @Test func `A record with a wrong checksum is rejected alone`() {
    let first = WandbFile.with([WandbFile.record(1, [(["loss"], "1")])])
    var bytes = WandbFile.with((1...3).map { WandbFile.record(UInt64($0), [(["loss"], "1")]) })
    bytes[first.count + 12] ^= 1
    let reading = PointReading.of(bytes)
    #expect(reading.points["loss"]?.map(\.step) == [1, 3])
    #expect(reading.rejections == ["checksum of record 2 is wrong"])
  }

  @Test func `Damaged logs never do harm`() throws {
    let bytes = try Fixture.bytes("hf_trainer.wandb")
    var generator = SplitMix64(seed: 9)
    for round in 0..<150 {
      let reading = PointReading.of(mutated(bytes, with: &generator))
      #expect(reading.status.source == .upToDate, "round \(round)")
      #expect(reading.records < 200, "round \(round)")
    }
  }

  @Test func `Damaged history in whole records never does harm`() {
    let record = WandbFile.record(1, [(["loss"], "1.5"), (["a", "_type"], "\"x\""), (["_step"], "1e300")])
    var generator = SplitMix64(seed: 10)
    for round in 0..<500 {
      let reading = PointReading.of(WandbFile.with([mutated(record, with: &generator)]))
      #expect(reading.status.source == .upToDate, "round \(round)")
      #expect(reading.records + reading.rejections.count <= 10, "round \(round)")
    }
  }
}

/// Logs of W&B written by hand.
enum WandbFile {
  /// A `Record` with history of one step.
  static func record(_ step: UInt64, _ items: [(key: [String], json: String)], usesKey: Bool = false)
    -> [UInt8]
  {
    let history = items.flatMap { item in
      Proto.bytes(
        1,
        item.key.flatMap { Proto.bytes(usesKey ? 1 : 2, Array($0.utf8)) }
          + Proto.bytes(16, Array(item.json.utf8)))
    }
    return Proto.varint(1, step) + Proto.bytes(2, history + Proto.bytes(2, Proto.varint(1, step)))
  }

  /// A `Record` with a `MetricRecord`.
  static func metric(name: String = "", pattern: String = "", step: String) -> [UInt8] {
    let names: [(UInt64, String)] = [(1, name), (2, pattern), (4, step)].filter { !$0.1.isEmpty }
    return Proto.bytes(12, names.flatMap { Proto.bytes($0.0, Array($0.1.utf8)) })
  }

  /// A file of one block.
  static func with(_ records: [[UInt8]]) -> [UInt8] {
    Array(":W&B".utf8) + [0xE1, 0xBE, 0]
      + records.flatMap { record in
        Proto.littleEndian(checksum([1] + record)) + Proto.littleEndian(UInt16(record.count)) + [1] + record
      }
  }

  /// Bit by bit, so that the tables of the program are not tested with themselves.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var state = UInt32.max
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
    }
    return ~state
  }
}

extension LogNotice.Kind {
  /// What the run says of itself, beside its numbers.
  fileprivate var isOfTheRun: Bool {
    switch self {
    case .run, .ended: true
    default: false
    }
  }
}
