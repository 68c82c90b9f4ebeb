package import Divergence
internal import LogitsFiles

/// What is compared at one step.
package struct StepComparison: Sendable {
  package let step: Int?
  /// Those without a name first, then by name.
  package let prompts: [PromptComparison]
  /// Entries of each row that are compared.
  package let vocabulary: Int

  /// Matches the prompts of both models; throws where something does not fit.
  init(
    step: Int?, policy: [LogitsPart], reference: [LogitsPart], _ options: LogitsOptions
  ) throws(LogitsFileProblem) {
    self.step = step
    let policies = Dictionary(grouping: policy, by: \.prompt)
    let references = Dictionary(grouping: reference, by: \.prompt)
    var prompts: [PromptComparison] = []
    for (name, parts) in policies.sorted(by: { $0.key ?? "" < $1.key ?? "" }) {
      guard let reference = references[name] else {
        throw LogitsFileProblem(
          parts[0].file.path,
          "the reference has no logits \(name.map { "of \($0)" } ?? "without a prompt's name")")
      }
      prompts.append(try PromptComparison(name: name, policy: parts, reference: reference, options))
    }
    self.prompts = prompts
    vocabulary = prompts[0].vocabulary
    if let other = prompts.first(where: { $0.vocabulary != vocabulary }) {
      throw LogitsFileProblem(
        other.path,
        "\(other.name ?? "logits") has a vocabulary of \(other.vocabulary), another one \(vocabulary)")
    }
  }

  /// Bytes of the logits of both models.
  package var byteCount: Int { prompts.reduce(0) { $0 + $1.byteCount } }
}

/// Logits of both models for the same rows.
package struct PromptComparison: Sendable {
  let name: String?
  package private(set) var policy: [LogitsPart]
  package let reference: [LogitsPart]
  /// Entries of each row that are compared.
  package let vocabulary: Int

  /// - Throws: where the two do not have the same rows of the same entries.
  init(
    name: String?, policy: [LogitsPart], reference: [LogitsPart], _ options: LogitsOptions
  ) throws(LogitsFileProblem) {
    self.name = name
    self.policy = policy
    self.reference = reference
    vocabulary = try Self.vocabulary(policy, reference, options)
    alignWithLlamaBase()
    try checkRows()
    try TokenCheck(self).check()
    for part in policy + reference { try ProbabilityCheck(part: part).check() }
  }

  /// Where a problem is reported.
  var path: String { policy[0].file.path }

  /// Rows that are compared.
  var rows: Int { policy.reduce(0) { $0 + $1.rows } }

  /// Positions of each sample: those of the model whose logits say what a sequence is.
  var positions: Int { max(policy[0].window.count, reference[0].window.count, 1) }

  var byteCount: Int {
    rows * vocabulary * (policy[0].source.type.byteCount + reference[0].source.type.byteCount)
  }

  private static func vocabulary(
    _ policy: [LogitsPart], _ reference: [LogitsPart], _ options: LogitsOptions
  ) throws(LogitsFileProblem) -> Int {
    let sizes = (policy + reference).map(\.source.vocabulary)
    let least = sizes.min() ?? 0
    if least == sizes.max() || options.comparesCommonVocabulary { return least }
    throw LogitsFileProblem(
      policy[0].file.path,
      "the vocabularies differ: policy \(policy[0].source.vocabulary), reference \(reference[0].source.vocabulary) "
        + "(\(reference[0].file.path)); if one is padded, --vocabulary-prefix compares the first \(least)")
  }

  /// A llama.cpp base holds the second half of each chunk.
  private mutating func alignWithLlamaBase() {
    guard reference.count == 1, case .llamaBase(let base) = reference[0].source else { return }
    for index in policy.indices where policy[index].samples > 0 {
      let positions = policy[index].positions
      if positions == base.context || positions == base.context - 1 { policy[index].window = base.window }
    }
  }

  private func checkRows() throws(LogitsFileProblem) {
    let (mine, theirs) = (policy[0].window.count, reference[0].window.count)
    let rows = rows, referenceRows = reference.reduce(0) { $0 + $1.rows }
    let isUniform =
      policy.allSatisfy { $0.window.count == mine } && reference.allSatisfy { $0.window.count == theirs }
    // A batch of sequences and the same rows one behind the other are the same.
    if isUniform && rows == referenceRows && (mine == theirs || mine == 1 || theirs == 1) { return }
    throw LogitsFileProblem(path, rowsDiffer(mine, theirs))
  }

  private func rowsDiffer(_ mine: Int, _ theirs: Int) -> String {
    let shapes = "policy \(written(policy[0].source.shape)), reference \(written(reference[0].source.shape))"
    let samples = policy.reduce(0) { $0 + $1.samples }, others = reference.reduce(0) { $0 + $1.samples }
    if samples == others && abs(mine - theirs) == 1 {
      return "rows are shifted by one token: \(shapes); cut the same position off both"
    }
    let hasMoreAxes = policy[0].source.shape.count > reference[0].source.shape.count
    return "the rows differ: \(shapes)"
      + (hasMoreAxes ? "; --stack says that the first axis is the step" : "")
  }
}

/// One row that was compared; everything in nats.
package struct ComparedRow: Sendable {
  /// Place among the rows of its prompt.
  let row: Int
  package let divergence: RowDivergence
  /// The right class, nil without one.
  let target: Int?
  /// Log-probability of the right class under each model, nil without one.
  package let targetLogProbabilities: (policy: Double, reference: Double)?
  /// The policy's margin of the right class, nats; NaN where nobody asked for it.
  var policyMargin = Double.nan
  /// Where torch's float32 (float64 for such logits) has 0·∞: P = 0 where the reference is −∞.
  package let givesNaNInTorch: Bool
}
