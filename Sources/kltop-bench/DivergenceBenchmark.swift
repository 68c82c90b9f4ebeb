internal import CVectorMath
internal import Divergence

/// Bandwidth of the divergence against the bandwidth of only reading the same arrays, on one and two threads.
///
/// Both are measured in turns, and every ratio is the median over turns: a neighbour that takes the memory for a
/// while slows both. The bytes of a divergence are those of its two inputs.
struct DivergenceBenchmark {
  private static let vocabularySize = 151_936

  private let logits: BenchmarkLogits
  private let turns: Int

  /// With `quick` the arrays are half as large and the turns fewer.
  init(quick: Bool) {
    logits = BenchmarkLogits(rows: quick ? 128 : 256, vocabularySize: Self.vocabularySize)
    turns = quick ? 5 : 15
  }

  func run() throws(ShapeError) -> [BenchmarkResult] {
    var bandwidths: [DivergenceBandwidths] = []
    for _ in 0..<turns { bandwidths.append(try measureTurn()) }
    return oneThreadResults(bandwidths) + twoThreadResults(bandwidths)
  }

  private func measureTurn() throws(ShapeError) -> DivergenceBandwidths {
    DivergenceBandwidths(
      read: logits.readBandwidth(threads: 1),
      float32: try logits.divergenceBandwidth(of: .float32, threads: 1),
      bfloat16: try logits.divergenceBandwidth(of: .bfloat16, threads: 1),
      readByTwo: logits.readBandwidth(threads: 2),
      float32ByTwo: try logits.divergenceBandwidth(of: .float32, threads: 2),
      bfloat16ByTwo: try logits.divergenceBandwidth(of: .bfloat16, threads: 2))
  }

  private func oneThreadResults(_ turns: [DivergenceBandwidths]) -> [BenchmarkResult] {
    let ratio = median(turns.map { $0.float32 / $0.read })
    let limit = Self.limit
    return [
      .bandwidth("memory read, 1 thread", turns.map(\.read)),
      .bandwidth("divergence float32, 1 thread", turns.map(\.float32)),
      .bandwidth("divergence bfloat16, 1 thread", turns.map(\.bfloat16)),
      BenchmarkResult(
        name: "divergence float32 / memory read, 1 thread, V = \(Self.vocabularySize)",
        limit: limit.map { "≥ \($0) (\(Self.instructionSet))" } ?? "", value: ratio, unit: "×",
        passed: limit.map { ratio >= $0 }),
    ]
  }

  private func twoThreadResults(_ turns: [DivergenceBandwidths]) -> [BenchmarkResult] {
    let scaling = median(turns.map { $0.float32ByTwo / $0.float32 })
    let ratio = median(turns.map { $0.float32ByTwo / $0.readByTwo })
    return [
      .bandwidth("memory read, 2 threads", turns.map(\.readByTwo)),
      .bandwidth("divergence float32, 2 threads", turns.map(\.float32ByTwo)),
      .bandwidth("divergence bfloat16, 2 threads", turns.map(\.bfloat16ByTwo)),
      BenchmarkResult(
        name: "divergence float32 / memory read, 2 threads", limit: "", value: ratio, unit: "×", passed: nil),
      BenchmarkResult(
        name: "divergence float32, 2 threads / 1 thread", limit: "≥ 1.7, or ≥ 0.8 of memory read",
        value: scaling,
        unit: "×", passed: scaling >= 1.7 || ratio >= 0.8),
    ]
  }

  /// The least share of the read bandwidth, where the instruction set has a limit.
  private static var limit: Double? {
    switch cvm_vector_bits() {
    case 512: 0.45
    case 256: 0.25
    default: nil
    }
  }

  private static var instructionSet: String { cvm_vector_bits() == 512 ? "AVX-512" : "AVX2" }
}

/// Gigabytes a second of one turn.
private struct DivergenceBandwidths {
  let read: Double
  let float32: Double
  let bfloat16: Double
  let readByTwo: Double
  let float32ByTwo: Double
  let bfloat16ByTwo: Double
}

extension BenchmarkResult {
  fileprivate static func bandwidth(_ name: String, _ values: [Double]) -> BenchmarkResult {
    BenchmarkResult(name: name, limit: "", value: median(values), unit: "GB/s", passed: nil)
  }
}
