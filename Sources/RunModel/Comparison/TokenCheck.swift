internal import LogitsFiles

/// Whether both models read the same tokens, where the files say what they read.
struct TokenCheck {
  private let prompt: PromptComparison

  init(_ prompt: PromptComparison) { self.prompt = prompt }

  /// Throws where the tokens differ.
  func check() throws(LogitsFileProblem) {
    guard prompt.policy.count == 1, prompt.reference.count == 1, let values = prompt.policy[0].tokens else {
      return
    }
    let policy = try Self.tokens(values, of: prompt.policy[0])
    if case .llamaBase(let base) = prompt.reference[0].source {
      return try compareWithChunks(policy, base)
    }
    guard let others = prompt.reference[0].tokens else { return }
    let reference = try Self.tokens(others, of: prompt.reference[0])
    guard policy.count == reference.count, policy != reference else { return }
    let positions = prompt.policy[0].positions
    if positions > 2, isShifted(policy, reference, positions) || isShifted(reference, policy, positions) {
      throw problem(
        "rows are shifted by one token: input_ids of the two files match when one moves by a position")
    }
    let place = zip(policy, reference).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
    throw differ(at: place, positions, policy[place], reference[place])
  }

  private static func tokens(
    _ values: PartValues, of part: LogitsPart
  ) throws(LogitsFileProblem) -> [Double] {
    let file = try MappedLogits(part.file)
    let numbers = file.numbers(of: values.tensor)
    try file.checkUnchanged()
    return Array(numbers[values.first..<values.first + part.samples * part.positions])
  }

  private func isShifted(_ left: [Double], _ right: [Double], _ positions: Int) -> Bool {
    stride(from: 0, to: left.count, by: positions).allSatisfy { start in
      left[(start + 1)..<(start + positions)].elementsEqual(right[start..<(start + positions - 1)])
    }
  }

  /// llama.cpp puts a token of its own in the first place of each chunk.
  private func compareWithChunks(_ tokens: [Double], _ base: LlamaBase) throws(LogitsFileProblem) {
    guard prompt.policy[0].positions == base.context else { return }
    let file = try MappedLogits(prompt.reference[0].file)
    let others = file.tokens(of: base)
    try file.checkUnchanged()
    for (place, pair) in zip(tokens, others).enumerated() where place % base.context > 0 {
      if pair.0 != Double(pair.1) { throw differ(at: place, base.context, pair.0, Double(pair.1)) }
    }
  }

  private func differ(at place: Int, _ positions: Int, _ mine: Double, _ theirs: Double) -> LogitsFileProblem
  {
    problem(
      "the models read different tokens: input_ids of sample \(place / positions), position \(place % positions) are "
        + "\(Int(exactly: mine) ?? -1) for the policy, \(Int(exactly: theirs) ?? -1) for the reference")
  }

  private func problem(_ reason: String) -> LogitsFileProblem { LogitsFileProblem(prompt.path, reason) }
}
