internal import LogitsFiles

/// How far a right answer is from being another one: the log-probability of the target minus that of the likeliest other
/// entry, nats. Below 0 the answer is wrong.
package enum Margin {
  /// Below this an answer is near flipping.
  package static let near = 2.0

  /// The margin of one row of logits: their normaliser falls out.
  static func of(_ target: Int, among count: Int, logit: (Int) -> Double) -> Double {
    guard (0..<count).contains(target), count > 1 else { return .nan }
    var best = -Double.infinity
    for index in 0..<count where index != target {
      let value = logit(index)
      if value > best { best = value }
    }
    return logit(target) - best
  }

  /// The margin of a row of a rows file; NaN where the row does not list the likeliest other entry.
  static func of(row: Int, in file: RowsFile) -> Double {
    let target = file.target(row)
    // The likeliest entries of the policy are listed, the target's own log-probability stands apart.
    guard target >= 0, let best = file.likeliestPolicyEntry(row, except: target) else { return .nan }
    let own = file.policyTarget(row)
    // Of one entry a model the second best of the policy may be missing.
    return file.policyTop(row) != target || file.header.k > 1 ? own - best : .nan
  }
}

/// How many samples of an evaluation are lost, and how many may be next.
package struct NearFlipping: Sendable, Hashable {
  package var step: Int
  /// Samples with a target.
  package var targets = 0
  /// Those of them that are lost, or that have a margin below 2 nats.
  package var near = 0
  /// Those whose answer is wrong; of sequences those with a mean margin below 0.
  package var lost = 0

  init(step: Int) { self.step = step }

  mutating func note(_ record: SampleRecord) {
    targets += 1
    if record.isNearFlipping { near += 1 }
    if record.isSequence ? record.policyMargin < 0 : record.correct < record.targets { lost += 1 }
  }
}
