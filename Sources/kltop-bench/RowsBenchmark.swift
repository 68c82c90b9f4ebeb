internal import Dashboard
internal import RunAnalysis
internal import RunFeed
internal import RunModel

/// A run of rows files, from the page cache: how soon there is a frame, how long all statistics take, and what they keep
/// in memory for each row beside the mapped files.
struct RowsBenchmark {
  private static let rows = 32_768
  /// Tokens that count of each sample.
  private static let rowsPerSample = 64

  /// What the program takes in before it draws.
  private static let newsPerTurn = 2

  private let evaluations: Int

  /// With `quick` a tenth of the files.
  init(quick: Bool) { evaluations = quick ? 20 : 200 }

  func run() throws -> [BenchmarkResult] {
    var folder = try BenchmarkFolder()
    _ = try folder.add("rows")
    let file = SyntheticRows(rows: Self.rows, rowsPerSample: Self.rowsPerSample)
    for evaluation in 0..<evaluations {
      let name = String(String(100_000_000 + evaluation).dropFirst())
      try folder.add("rows/step-\(name).safetensors", file.bytes(step: evaluation))
    }
    let loading = try RunLoading.only(of: folder.path, dialect: nil)
    let fresh = try seconds { try showFirstFrame(loading) } * 1000
    folder.age()
    // Memory before the frame: what a first run gives back would be taken again.
    let before = ResidentMemory.anonymousBytes
    var run: AnalysedRun?
    let all = try seconds { run = try loading.loadAll() }
    let after = ResidentMemory.anonymousBytes
    let first = try seconds { try showFirstFrame(loading) } * 1000
    let points = run?.model.divergences.values.reduce(0) { $0 + $1.points.count } ?? 0
    precondition(points == evaluations, "every file is an evaluation")
    let most = 2.0 * Double(evaluations) / 200
    let size = "\(evaluations) rows files of \(Self.rows) rows"
    var results = [
      BenchmarkResult(
        name: "\(size), first frame", limit: "≤ 100", value: first, unit: "ms", passed: first <= 100),
      BenchmarkResult(
        name: "\(size), first frame while they are written", limit: "≤ 100", value: fresh, unit: "ms",
        passed: fresh <= 100),
      BenchmarkResult(
        name: "\(size), all statistics", limit: "≤ \(most)", value: all, unit: "s", passed: all <= most),
    ]
    if let before, let after {
      let bytes = Double(after - before) / Double(evaluations * Self.rows)
      results.append(
        BenchmarkResult(
          name: "memory for each row of rows files, mapped pages apart", limit: "≤ 24", value: bytes,
          unit: "bytes", passed: bytes <= 24))
    }
    return results
  }

  /// Waits for the first evaluation and draws it.
  private func showFirstFrame(_ loading: RunLoading) throws {
    var sources = try RunSources([loading])
    defer { sources.stop() }
    var state = DashboardState(run: loading.unread)
    while state.run.divergences.isEmpty {
      FollowBenchmark.receive(from: &sources, into: &state, most: Self.newsPerTurn)
    }
    RedrawBenchmark.draw(state)
  }
}

/// A rows file with numbers that follow from a row's place.
private struct SyntheticRows {
  private let rows: Int
  private let rowsPerSample: Int
  private let tensors: [(name: String, type: String, count: Int, bytes: [UInt8])]

  private static let entries = 8
  private static let vocabulary = 50_000

  init(rows: Int, rowsPerSample: Int) {
    self.rows = rows
    self.rowsPerSample = rowsPerSample
    func column(_ name: String, _ value: (Int) -> Float) -> (String, String, Int, [UInt8]) {
      (name, "F32", rows, Self.bytes((0..<rows).map { value($0).bitPattern }))
    }
    func indices(_ name: String, _ value: (Int) -> Int32) -> (String, String, Int, [UInt8]) {
      (name, "I32", rows, Self.bytes((0..<rows).map(value)))
    }
    let samples = rows / rowsPerSample
    let entries = rows * Self.entries
    tensors = [
      ("entry_offsets", "I64", rows + 1, Self.bytes((0...rows).map { Int64($0 * Self.entries) })),
      ("sample_offsets", "I64", samples + 1, Self.bytes((0...samples).map { Int64($0 * rowsPerSample) })),
      column("kl_policy_reference") { Float($0 % 997) / 1000 },
      column("kl_reference_policy") { Float($0 % 991) / 1000 },
      column("entropy_policy") { 1 + Float($0 % 13) / 10 },
      column("entropy_reference") { 1 + Float($0 % 17) / 10 },
      column("total_variation") { Float($0 % 101) / 101 },
      indices("target") { Int32($0 % 31) },
      indices("position") { Int32($0 % rowsPerSample) },
      column("target_logprob_policy") { -Float($0 % 7) - 0.1 },
      column("target_logprob_reference") { -Float($0 % 5) - 0.1 },
      indices("target_rank_policy") { Int32($0 % 3) + 1 },
      indices("target_rank_reference") { Int32($0 % 2) + 1 },
      indices("top_policy") { Int32($0 % 29) },
      indices("top_reference") { Int32($0 % 23) },
      ("flags", "U8", rows, Array(repeating: 0, count: rows)),
      (
        "entry_ids", "I32", entries,
        Self.bytes((0..<entries).map { Int32($0 % Self.entries * 1000 + $0 / 8 % 999) })
      ),
      (
        "entry_logprob_policy", "F32", entries,
        Self.bytes((0..<entries).map { (-Float($0 % 8) - 1).bitPattern })
      ),
      (
        "entry_logprob_reference", "F32", entries,
        Self.bytes((0..<entries).map { (-Float($0 % 8) - 1.5).bitPattern })
      ),
    ]
  }

  private static func bytes<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
    numbers.withUnsafeBytes { Array($0) }
  }

  func bytes(step: Int) -> [UInt8] {
    var offset = 0
    let parts = tensors.map { tensor in
      defer { offset += tensor.bytes.count }
      return "\"\(tensor.name)\":{\"dtype\":\"\(tensor.type)\",\"shape\":[\(tensor.count)],"
        + "\"data_offsets\":[\(offset),\(offset + tensor.bytes.count)]}"
    }
    let names = (0..<rows / rowsPerSample).map { "[\\\"old\\\", \\\"sample-\($0)\\\"]" }.joined(
      separator: ", ")
    let metadata =
      "\"__metadata__\":{\"format\":\"kltop-rows/1\",\"step\":\"\(step)\",\"k\":\"4\","
      + "\"vocabulary\":\"\(Self.vocabulary)\",\"samples\":\"[\(names)]\"}"
    var header = Array("{\(([metadata] + parts).joined(separator: ","))}".utf8)
    header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    return Self.bytes([UInt64(header.count)]) + header + tensors.flatMap(\.bytes)
  }
}
