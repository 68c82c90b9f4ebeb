internal import Divergence
internal import LogitsFiles
internal import Reports
internal import RunModel

/// The divergence of a safetensors pair in the page cache against that of the same logits in memory, on one thread.
///
/// The file is mapped anew in each turn, so that the cost of mapping is in it.
struct LogitsFilesBenchmark {
  private static let vocabularySize = 151_936
  private static let limit = 0.8

  private let rows: Int
  private let turns: Int

  /// With `quick` the file is half as large and the turns are fewer.
  init(quick: Bool) {
    rows = quick ? 64 : 128
    turns = quick ? 5 : 15
  }

  func run() throws -> [BenchmarkResult] {
    let logits = BenchmarkPair(count: rows * Self.vocabularySize)
    let file = try logits.write(shape: [rows, Self.vocabularySize])
    var memory: [Double] = []
    var files: [Double] = []
    var reports: [Double] = []
    for _ in 0..<turns {
      memory.append(try seconds { try measureMemory(logits) })
      files.append(try seconds { try measureFile(file.path) })
      reports.append(try seconds { try measureReport(file.path) })
    }
    let ratio = median(zip(files, memory).map { $1 / $0 })
    return [
      bandwidth("divergence float32 in memory, 1 thread", memory, logits),
      bandwidth("divergence float32 through a safetensors file, 1 thread", files, logits),
      BenchmarkResult(
        name: "divergence through a file / in memory", limit: "≥ \(Self.limit)", value: ratio, unit: "×",
        passed: ratio >= Self.limit),
      bandwidth("report of kltop kl, total variation included, 1 thread", reports, logits),
    ]
  }

  private func bandwidth(_ name: String, _ seconds: [Double], _ logits: BenchmarkPair) -> BenchmarkResult {
    let gigabytes = Double(logits.byteCount) / 1e9
    return BenchmarkResult(
      name: name, limit: "", value: median(seconds.map { gigabytes / $0 }), unit: "GB/s", passed: nil)
  }

  private func measureMemory(_ logits: BenchmarkPair) throws {
    try measure(logits.policy.span.bytes, logits.reference.span.bytes)
  }

  private func measureFile(_ path: String) throws {
    let header = try LogitsHeader(path: path)
    let pair = header.prompts(asReference: false)[0]
    guard let policy = pair.policy, let reference = pair.reference else {
      throw BenchmarkFailure(message: "\(path) does not hold both models")
    }
    let mapped = try MappedLogits(header)
    var policyRoom = RowBuffer()
    var referenceRoom = RowBuffer()
    try mapped.withRows(0..<rows, of: policy, vocabulary: Self.vocabularySize, room: &policyRoom) { p in
      try mapped.withRows(0..<rows, of: reference, vocabulary: Self.vocabularySize, room: &referenceRoom) {
        q in
        try measure(p, q)
      }
    }
    try mapped.checkUnchanged()
  }

  private func measureReport(_ path: String) throws {
    var options = LogitsOptions()
    options.threads = 1
    let report = try LogitsReport(policy: path, reference: nil, options: options)
    precondition(report.steps[0].policyReference.minimum > 0, "the benchmark's models differ")
  }

  private func measure(_ policy: RawSpan, _ reference: RawSpan) throws {
    let rows = try RowDivergence.measure(
      policy: policy, storedAs: .float32, reference: reference, storedAs: .float32,
      vocabularySize: Self.vocabularySize, maximumThreads: 1)
    precondition(rows.allSatisfy { $0.policyReference > 0 }, "the benchmark's models differ")
  }
}

/// Float32 logits of two models that differ.
private struct BenchmarkPair {
  let policy: [Float]
  let reference: [Float]

  init(count: Int) {
    var state: UInt64 = 1
    let policy = (0..<count).map { _ in 16 * Self.centred(&state) }
    reference = policy.map { $0 + Self.centred(&state) }
    self.policy = policy
  }

  /// Uniform in −½ ..< ½ from a linear congruential generator.
  private static func centred(_ state: inout UInt64) -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 24) - 0.5
  }

  /// Of both models.
  var byteCount: Int { 2 * policy.span.bytes.byteCount }

  /// A safetensors file with tensors `logits` and `ref_logits`.
  func write(shape: [Int]) throws(BenchmarkFailure) -> BenchmarkFile {
    let half = byteCount / 2
    let header =
      #"{"logits":{"dtype":"F32","shape":\#(shape),"data_offsets":[0,\#(half)]},"#
      + #""ref_logits":{"dtype":"F32","shape":\#(shape),"data_offsets":[\#(half),\#(byteCount)]}}"#
    let text = Array(header.utf8)
    let padding = Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    let length = UInt64(text.count + padding.count).littleEndian
    let file = try BenchmarkFile()
    try file.append(withUnsafeBytes(of: length) { Array($0) } + text + padding)
    try file.append(policy.withUnsafeBytes { Array($0) })
    try file.append(reference.withUnsafeBytes { Array($0) })
    return file
  }
}
