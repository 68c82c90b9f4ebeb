internal import RunAnalysis
internal import RunFeed
internal import RunLog
internal import RunModel

/// Reading the logs of other programs into the model, from the file system's cache: processor time of both threads.
struct FormatsBenchmark {
  private let lines: Int
  private let turns: Int

  init(quick: Bool) {
    lines = quick ? 20_000 : 100_000
    turns = quick ? 3 : 9
  }

  func run() throws -> [BenchmarkResult] {
    let log = SyntheticMetrics()
    return try mlflow(log)
      + [
        read("W&B", log.wandb(lines), limit: 100), read("TensorBoard events", log.events(lines), limit: 100),
        read("CSV", log.csv(lines), limit: nil), read("pairs in text", log.pairs(lines), limit: nil),
      ]
  }

  private func read(_ name: String, _ bytes: [UInt8], limit: Double?) throws -> BenchmarkResult {
    let file = try BenchmarkFile()
    try file.append(bytes)
    return try result(name, bytes: bytes.count, path: file.path, limit: limit)
  }

  private func mlflow(_ log: SyntheticMetrics) throws -> [BenchmarkResult] {
    var folder = try BenchmarkFolder()
    _ = try folder.add("metrics")
    try folder.add("meta.yaml", [])
    var bytes = 0
    for key in 0..<SyntheticMetrics.keys.count {
      let points = log.mlflow(key, lines)
      bytes += points.count
      try folder.add("metrics/\(SyntheticMetrics.keys[key])", points)
    }
    return [try result("mlflow", bytes: bytes, path: folder.path, limit: 100)]
  }

  private func result(
    _ name: String, bytes: Int, path: String, limit: Double?
  ) throws -> BenchmarkResult {
    var times: [Double] = []
    for _ in 0..<turns {
      let before = processorSecondsOfProcess
      let run = try RunLoading.only(of: path, dialect: nil).loadAll().model
      times.append(processorSecondsOfProcess - before)
      let points = run.series.reduce(0) { $0 + $1.count }
      precondition(points >= lines * SyntheticMetrics.keys.count, "every number is a point")
    }
    let speed = Double(bytes) / 1e6 / median(times)
    return BenchmarkResult(
      name: "\(name) into the model, processor time", limit: limit.map { "≥ \(Int($0))" } ?? "", value: speed,
      unit: "MB/s", passed: limit.map { speed >= $0 })
  }
}

/// The same metrics as several programs write them.
private struct SyntheticMetrics {
  static let keys = [
    "loss", "kl", "total_loss", "lr", "grad_norm", "entropy", "reward", "reward_std", "accuracy", "score",
  ]

  /// By line and key; a log repeats them.
  private let values: [[Double]]

  init() {
    var random: UInt64 = 7
    values = (0..<997).map { _ in
      Self.keys.map { _ in
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(random >> 11) / Double(1 << 53) * 10
      }
    }
  }

  private func values(_ line: Int) -> [Double] { values[line % values.count] }

  private func time(_ line: Int) -> Double { 1_760_000_000 + Double(line) / 8 }

  func mlflow(_ key: Int, _ lines: Int) -> [UInt8] {
    joined(lines) { "\(Int(time($0) * 1000)) \(values($0)[key]) \($0)\n" }
  }

  func csv(_ lines: Int) -> [UInt8] {
    let head = "step,time," + Self.keys.joined(separator: ",") + "\n"
    return Array(head.utf8)
      + joined(lines) { "\($0),\(time($0))," + values($0).map { "\($0)" }.joined(separator: ",") + "\n" }
  }

  func pairs(_ lines: Int) -> [UInt8] {
    joined(lines) { line in
      "step \(line): "
        + zip(Self.keys, values(line)).map { "\($0)=\(Float($1))" }.joined(separator: ", ") + "\n"
    }
  }

  private func joined(_ lines: Int, _ line: (Int) -> String) -> [UInt8] {
    var bytes: [UInt8] = []
    for index in 0..<lines { bytes.append(contentsOf: line(index).utf8) }
    return bytes
  }

  // MARK: - Protobuf

  /// TFRecord frames of events, each with a summary of all keys.
  func events(_ lines: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in 0..<lines {
      let summary = zip(Self.keys, values(line)).flatMap { key, value in
        Self.message(
          1, Self.message(1, Array(key.utf8)) + [0x15] + Self.littleEndian(Float(value).bitPattern))
      }
      let event =
        [0x09] + Self.littleEndian(time(line).bitPattern) + [0x10] + Self.varint(line)
        + Self.message(5, summary)
      let length = Self.littleEndian(UInt64(event.count))
      bytes += length + Self.check(length) + event + Self.check(event)
    }
    return bytes
  }

  private static func check(_ bytes: [UInt8]) -> [UInt8] {
    let sum = bytes.withUnsafeBytes { CyclicRedundancyCheck.castagnoli.checksum($0) }
    return littleEndian(CyclicRedundancyCheck.masked(sum))
  }

  /// LevelDB's log records of W&B's history.
  func wandb(_ lines: Int) -> [UInt8] {
    var bytes = Array(":W&B".utf8) + [0xE1, 0xBE, 0x00]
    for line in 0..<lines {
      let items =
        [("_step", "\(line)"), ("_timestamp", "\(time(line))")]
        + zip(Self.keys, values(line)).map { ($0, "\($1)") }
      let history = items.flatMap { key, value in
        Self.message(1, Self.message(1, Array(key.utf8)) + Self.message(16, Array(value.utf8)))
      }
      Self.append(Self.message(2, history), to: &bytes)
    }
    return bytes
  }

  private static func append(_ record: [UInt8], to bytes: inout [UInt8]) {
    var rest = record[...]
    var isFirst = true
    repeat {
      let room = 32768 - bytes.count % 32768
      if room < 7 {
        bytes += Array(repeating: 0, count: room)
        continue
      }
      let part = rest.prefix(room - 7)
      rest = rest.dropFirst(part.count)
      let type: UInt8 = isFirst ? (rest.isEmpty ? 1 : 2) : rest.isEmpty ? 4 : 3
      let sum = ([type] + part).withUnsafeBytes { CyclicRedundancyCheck.zlib.checksum($0) }
      bytes += littleEndian(sum) + littleEndian(UInt16(part.count)) + [type] + part
      isFirst = false
    } while !rest.isEmpty || isFirst
  }

  private static func message(_ field: Int, _ bytes: [UInt8]) -> [UInt8] {
    varint(field << 3 | 2) + varint(bytes.count) + bytes
  }

  private static func varint(_ number: Int) -> [UInt8] {
    var (rest, bytes): (Int, [UInt8]) = (number, [])
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(truncatingIfNeeded: rest)]
  }

  private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
