internal import RunAnalysis
internal import RunFeed
internal import RunModel

/// Resident memory for each stored point of a log of 18 numbers a line, index, steps and times included, and the
/// buffers of reading too.
struct MemoryBenchmark {
  private let lines: Int

  init(quick: Bool) { lines = quick ? 200_000 : 500_000 }

  /// Empty where the system does not tell what is allocated.
  func run() throws -> [BenchmarkResult] {
    let before = ResidentMemory.bytes
    let file = try BenchmarkFile()
    let log = SyntheticLog()
    for start in stride(from: 0, to: lines, by: 500) { try file.append(log.lines(start..<start + 500)) }
    let run = try RunLoading.only(of: file.path, dialect: nil).loadAll().model
    let after = ResidentMemory.bytes
    let points = run.series.reduce(0) { $0 + $1.count }
    precondition(points == lines * SyntheticLog.numbersPerLine, "every number is a point")
    guard let before, let after else { return [] }
    let bytes = Double(after - before) / Double(points)
    return [
      BenchmarkResult(
        name: "memory for each of \(points) points", limit: "≤ 20", value: bytes, unit: "bytes",
        passed: bytes <= 20)
    ]
  }
}
