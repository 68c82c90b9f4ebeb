/// Candidates from the log-probabilities of sampled tokens.
extension ConventionCandidate {
  private init(
    _ part: KLConvention, _ detail: String = "", cost: Double = 1,
    token mean: @escaping @Sendable (TokenEvidence) -> Double?
  ) {
    self.init([part], detail: detail, cost: cost) { $0.tokens.flatMap(mean) }
  }

  static let estimators: [ConventionCandidate] = {
    let kinds: [(KLConvention, TokenSums.Estimator)] = [(.k1, .k1), (.k2, .k2), (.k3, .k3)]
    var all: [ConventionCandidate] = kinds.map { part, kind in
      ConventionCandidate(part, cost: 0.9) { $0.sums.counted(kind).map { $0.total / Double($0.rows) } }
    }
    all += kinds.flatMap { part, kind in
      [
        ConventionCandidate(part, "summed over a sequence", cost: 1.1) {
          $0.sums.counted(kind).flatMap { $0.sequences > 0 ? $0.total / Double($0.sequences) : nil }
        },
        ConventionCandidate(part, "mean of the means of sequences", cost: 1.1) {
          $0.sums.counted(kind).flatMap { $0.sequences > 1 ? $0.sequenceMeans / Double($0.sequences) : nil }
        },
        ConventionCandidate(part, "times −1", cost: 1.5) {
          $0.sums.counted(kind).map { -$0.total / Double($0.rows) }
        },
      ]
    }
    for (part, kind) in kinds {
      var candidate = ConventionCandidate(part, cost: 1.9) { tokens in
        tokens.sums.all(kind).map { $0.total / Double($0.rows) }
      }
      candidate.parts.append(.maskForgotten)
      all.append(candidate)
    }
    all += [
      ConventionCandidate(.clamped, "k1 at 0", cost: 1.1) { max(0, $0.k1.mean) },
      ConventionCandidate(.clamped, "k1 of each token at 0", cost: 1.1) {
        $0.clamped.k1AboveZero / Double($0.tokens)
      },
      ConventionCandidate(.clamped, "k1 of each token at ±10", cost: 1.1) {
        $0.clamped.k1 / Double($0.tokens)
      },
      ConventionCandidate(.clamped, "k2 of each token at ±10", cost: 1.1) {
        $0.clamped.k2 / Double($0.tokens)
      },
      ConventionCandidate(.clamped, "k3 of each token at ±10", cost: 1.1) {
        $0.clamped.k3 / Double($0.tokens)
      },
    ]
    return all
  }()
}
