/// What the "kl" of a trainer is: four different quantities have that name.
package struct KLDescription: Sendable, Hashable {
  package let family: KLFamily
  /// Who logs it; `nil` where only the key tells the family.
  package let trainer: String?
  /// k1, k2, k3 (see `SampledEstimators`), and what chooses between them; `nil` where that is not known.
  package let estimator: String?
  /// How the values of tokens become one number.
  package let reduction: String?
  /// What is cut off, and where.
  package let clamp: String?

  init(
    _ family: KLFamily, trainer: String? = nil, estimator: String? = nil, reduction: String? = nil,
    clamp: String? = nil
  ) {
    self.family = family
    self.trainer = trainer
    self.estimator = estimator
    self.reduction = reduction
    self.clamp = clamp
  }

  /// One line: `against the reference, k3, mean over tokens (TRL GRPO)`.
  package var text: String { quantity + (trainer.map { " (\($0))" } ?? "") }

  /// The same without the trainer.
  package var quantity: String {
    [family.title, estimator, reduction, clamp.map { "clamped \($0)" }].compactMap(\.self)
      .joined(separator: ", ")
  }

  /// What a key is, `nil` where it is no KL.
  ///
  /// - Parameter has: true for a key of the same log, given without what stands in front of `key`'s own name
  ///   (`train/`, `eval_`).
  init?(_ key: MetricKey, has: (String) -> Bool) {
    if let row = KLTable.rows.first(where: { $0.matches(key) && $0.fits(has) }) {
      self = row.description
    } else if let family = Self.family(of: key) {
      self.init(family)
    } else if MetricRole(key)?.isKL == true {
      self.init(.reference)
    } else {
      return nil
    }
  }

  /// The family that a key names whoever writes it, where it is none that measures forgetting.
  static func family(of key: MetricKey) -> KLFamily? {
    // In an evaluation "old" is a set: `eval/kl_old`.
    if key.isFiledUnderEvaluation, key.name == "kl_old" || key.name == "old_kl" { return nil }
    return KLTable.otherFamilies.first { $0.matches(key) }?.family
  }
}

/// Which two models a logged "kl" compares. Curves of different families never share a chart.
package enum KLFamily: String, Sendable, Hashable, CaseIterable {
  /// Policy and the model that tuning started from: what forgetting is measured by.
  case reference
  /// Policy and the policy that made the samples, some updates ago.
  case oldPolicy = "old_policy"
  /// The same weights in the inference engine and in the trainer: rounding, not learning.
  case inferenceEngine = "inference_engine"
  /// Policy before and after one update.
  case update
  /// Policy and a teacher whose answers it learns.
  case teacher

  /// What to call it beside a curve.
  package var title: String {
    switch self {
    case .reference: "against the reference"
    case .oldPolicy: "against the old policy"
    case .inferenceEngine: "inference engine against trainer"
    case .update: "before against after the update"
    case .teacher: "against a teacher"
    }
  }
}
