internal import LogitsFiles

/// Which rows of a prompt count, and the right class of each.
struct RowLabels: Sendable {
  /// One value a row; empty where everything counts.
  private(set) var counts: [Bool] = []
  /// One class a row, −1 where a row has none; empty where there are no targets.
  private(set) var targets: [Int] = []

  /// Reads masks and targets; the policy's where both files have them.
  init(_ prompt: PromptComparison) throws(LogitsFileProblem) {
    let masked = prompt.policy.contains { $0.mask != nil } ? prompt.policy : prompt.reference
    if masked.contains(where: { $0.mask != nil }) {
      for part in masked {
        let values = try Self.values(part.mask, of: part)
        counts += values?.map { $0 != 0 } ?? Array(repeating: true, count: part.rows)
      }
    }
    let aimed = prompt.policy.contains { $0.targets != nil } ? prompt.policy : prompt.reference
    if aimed.contains(where: { $0.targets != nil }) {
      for part in aimed { targets += try Self.targets(of: part, vocabulary: prompt.vocabulary) }
    } else if prompt.reference.count == 1, case .llamaBase(let base) = prompt.reference[0].source {
      targets = try Self.nextTokens(prompt.reference[0], base, vocabulary: prompt.vocabulary)
    }
  }

  /// One value for each row that is compared.
  private static func values(
    _ values: PartValues?, of part: LogitsPart
  ) throws(LogitsFileProblem) -> [Double]? {
    guard let values else { return nil }
    let file = try MappedLogits(part.file)
    let numbers = file.numbers(of: values.tensor)
    try file.checkUnchanged()
    return part.rowRanges.flatMap { range in
      range.map { row in
        let index = row - part.firstRow
        return numbers[values.first + (values.isPerSample ? index / part.positions : index)]
      }
    }
  }

  private static func targets(
    of part: LogitsPart, vocabulary: Int
  ) throws(LogitsFileProblem) -> [Int] {
    guard let values = try values(part.targets, of: part) else {
      return Array(repeating: -1, count: part.rows)
    }
    var targets: [Int] = []
    targets.reserveCapacity(values.count)
    for value in values {
      // Loss functions leave out rows by negative numbers.
      guard let target = Int(exactly: value), target < vocabulary else {
        throw LogitsFileProblem(part.file.path, "target \(value) is none of \(vocabulary) entries")
      }
      targets.append(max(-1, target))
    }
    return targets
  }

  /// The token that follows each row.
  private static func nextTokens(
    _ part: LogitsPart, _ base: LlamaBase, vocabulary: Int
  ) throws(LogitsFileProblem) -> [Int] {
    let file = try MappedLogits(part.file)
    let tokens = file.tokens(of: base)
    try file.checkUnchanged()
    return (0..<base.chunks).flatMap { chunk in
      base.window.map { position in
        let token = tokens[chunk * base.context + position + 1]
        return (0..<vocabulary).contains(token) ? token : -1
      }
    }
  }

  func count(_ row: Int) -> Bool { counts.isEmpty || counts[row] }

  /// The right class of a row, nil where it has none.
  func target(_ row: Int) -> Int? {
    guard !targets.isEmpty, targets[row] >= 0 else { return nil }
    return targets[row]
  }
}
