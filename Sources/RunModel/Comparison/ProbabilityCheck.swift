internal import LogitsFiles

/// Finds tensors that are called logits and hold probabilities: a softmax of those would be nearly flat, and every
/// divergence nearly 0.
struct ProbabilityCheck {
  /// Rows of a tensor that are looked at.
  private static let rows = 16

  let part: LogitsPart

  /// - Throws: where every row that is looked at is ≥ 0 and sums to 1.
  func check() throws(LogitsFileProblem) {
    guard case .tensor(let tensor) = part.source, part.source.vocabulary > 1, part.rows > 0 else { return }
    let file = try MappedLogits(part.file)
    var room = RowBuffer()
    let ranges = part.rowRanges.filter { !$0.isEmpty }
    let step = max(1, ranges.count / Self.rows)
    for range in stride(from: 0, to: ranges.count, by: step).lazy.map({ ranges[$0] }) {
      for row in stride(from: range.lowerBound, to: range.upperBound, by: max(1, range.count / Self.rows)) {
        let isDistribution = file.withRows(
          row..<row + 1, of: part.source, vocabulary: part.source.vocabulary, room: &room
        ) { Self.isDistribution($0, part.source.vocabulary, tensor.type) }
        if !isDistribution { return try file.checkUnchanged() }
      }
    }
    try file.checkUnchanged()
    throw LogitsFileProblem(
      part.file.path,
      "\(tensor.name.isEmpty ? "the array" : tensor.name) holds probabilities, not logits: its rows are ≥ 0 and sum to 1; "
        + "write what softmax was given, or the logarithms")
  }

  private static func isDistribution(_ bytes: RawSpan, _ vocabulary: Int, _ type: ElementType) -> Bool {
    var sum = 0.0
    for index in 0..<vocabulary {
      let value = type.number(in: bytes, at: index)
      guard value >= 0, value <= 1 else { return false }
      sum += value
    }
    return abs(sum - 1) <= tolerance(type)
  }

  /// What rounding makes of a sum of probabilities: each is off by half a unit of its last digit.
  private static func tolerance(_ type: ElementType) -> Double {
    switch type {
    case .float64: 1e-6
    case .float32: 1e-4
    case .float16: 2e-3
    default: 1e-2
    }
  }
}
