internal import RunAnalysis
internal import RunFeed
internal import RunModel

/// A long run whose log holds logits: what the lines and the logits keep in memory, anonymous pages.
struct InlineLogitsBenchmark {
  /// Rows of each sample of the sequences.
  private static let positions = 64

  private let lines: Int
  private let distributions: Int
  private let sequences: Int

  /// With `quick` a tenth of everything.
  init(quick: Bool) {
    (lines, distributions, sequences) = quick ? (300_000, 3000, 500) : (3_000_000, 30_000, 5000)
  }

  /// Empty where the system does not tell what is allocated.
  func run() throws -> [BenchmarkResult] {
    guard let run = try growth(of: { step, bytes in append(step, to: &bytes) }, count: lines),
      let rows = try growth(of: Self.appendSequence, count: sequences)
    else { return [] }
    return [
      BenchmarkResult(
        name: "memory for \(lines) lines, \(distributions) of them with logits", limit: "",
        value: Double(run) / 1e6, unit: "MB", passed: nil),
      BenchmarkResult(
        name: "memory for each of \(sequences * Self.positions) rows of logits in lines", limit: "",
        value: Double(rows) / Double(sequences * Self.positions), unit: "bytes", passed: nil),
    ]
  }

  /// Bytes that a loaded log takes.
  private func growth(of line: (Int, inout [UInt8]) -> Void, count: Int) throws -> Int? {
    let before = ResidentMemory.anonymousBytes
    let file = try BenchmarkFile()
    for start in stride(from: 0, to: count, by: 1000) {
      var bytes: [UInt8] = []
      for step in start..<min(start + 1000, count) { line(step, &bytes) }
      try file.append(bytes)
    }
    let run = try RunLoading.only(of: file.path, dialect: nil).loadAll()
    guard let before, let after = ResidentMemory.anonymousBytes else { return nil }
    precondition(run.model.lastStep == count - 1, "every line was read")
    return after - before
  }

  private func append(_ step: Int, to bytes: inout [UInt8]) {
    var line = "{\"step\":\(step),\"loss\":\(1 / Double(1 + step))"
    if step % (lines / distributions) == 0 {
      line +=
        ",\"mode\":\"eval\",\"sample\":\"s-\(step / (lines / distributions) % 10)\",\(Self.logits(step))"
    }
    bytes.append(contentsOf: (line + "}\n").utf8)
  }

  private static func logits(_ step: Int) -> String {
    "\"logits\":[0.1,\(Double(step % 100) / 50),-0.5],\"ref_logits\":[0,1,-0.5]"
  }

  /// A sample of many tokens, each with a row of three entries.
  private static func appendSequence(_ step: Int, to bytes: inout [UInt8]) {
    let policy = (0..<positions).map { "[0.1,\(Double((step + $0) % 100) / 50),-0.5]" }.joined(separator: ",")
    let reference = (0..<positions).map { _ in "[0,1,-0.5]" }.joined(separator: ",")
    bytes.append(
      contentsOf:
        "{\"step\":\(step),\"mode\":\"eval\",\"sample\":\"s\",\"logits\":[[\(policy)]],\"ref_logits\":[[\(reference)]]}\n"
        .utf8)
  }
}
