/// What a key of a log means for the dashboard.
package enum MetricRole: String, Sendable, Hashable, CaseIterable {
  case fineTuneLoss = "fine_tune_loss"
  case totalLoss = "total_loss"
  case evaluationLoss = "evaluation_loss"
  /// KL between policy and reference, over training batches.
  case kl
  /// KL between policy and reference, over evaluation probes.
  case evaluationKL = "evaluation_kl"
  case learningRate = "learning_rate"
  case accuracy

  /// The role of a key, `nil` where its name does not say.
  ///
  /// Four different quantities are called "kl" by trainers; only those against the reference model measure forgetting
  /// and get a kl role (`KLFamily`), and not a KL with its arguments swapped.
  package init?(key: String) { self.init(MetricKey(key)) }

  /// The same of a key that was taken apart.
  init?(_ key: MetricKey) {
    guard KLDescription.family(of: key) == nil else { return nil }
    if let row = Self.table.first(where: { $0.matches(key) }) {
      self = key.isFiledUnderEvaluation ? row.evaluationRole : row.role
    } else if let role = key.role {
      self = role
    } else {
      return nil
    }
  }

  /// True for a loss of any kind.
  package var isLoss: Bool { self == .fineTuneLoss || self == .totalLoss || self == .evaluationLoss }

  /// True for a KL against the reference of either phase.
  package var isKL: Bool { self == .kl || self == .evaluationKL }
}

extension MetricRole {
  private struct Row {
    var role: MetricRole
    /// The role where the key says that it is about an evaluation.
    var evaluationRole: MetricRole
    /// Last components that have the role.
    var names: Set<String> = []
    /// Last components that have the role when they end so, behind `_` or `-`.
    var endings: [String] = []
    /// The same for keys of evaluations only, where the part before the ending names a set.
    var evaluationEndings: [String] = []
    /// Only keys of the lm-evaluation-harness, `TASK/METRIC,FILTER`.
    var needsFilter = false

    init(
      _ role: MetricRole, evaluation: MetricRole? = nil, names: Set<String> = [], endings: [String] = [],
      evaluationEndings: [String] = [], needsFilter: Bool = false
    ) {
      self.role = role
      self.evaluationRole = evaluation ?? role
      self.names = names
      self.endings = endings
      self.evaluationEndings = evaluationEndings
      self.needsFilter = needsFilter
    }

    func matches(_ key: MetricKey) -> Bool {
      if needsFilter, key.harness == nil { return false }
      return names.contains(key.name) || names.contains(key.path) || key.ends(in: endings)
        || (key.isFiledUnderEvaluation && key.ends(in: evaluationEndings))
    }
  }

  /// First match wins. Names are matched in lower case without a `train`/`eval` part in front.
  private static let table: [Row] = [
    Row(
      .totalLoss, evaluation: .evaluationLoss,
      names: ["total_loss", "loss_total", "total-loss", "loss/total"]),
    Row(
      .kl, evaluation: .evaluationKL,
      names: [
        "kl", "objective/kl", "kl_ref", "ref_kl", "kl_loss", "kl_div", "kl_divergence", "kl_to_ref",
        "kl_to_reference", "kl_to_base", "kl_policy_base", "kl_policy_ref", "kl_policy_reference",
        "reference_kl",
        "mean_kl", "kl_mean", "kl/policy_reference", "reward_kl_penalty",
      ]),
    Row(
      .fineTuneLoss, evaluation: .evaluationLoss,
      names: [
        "loss", "ce_loss", "nll_loss", "sft_loss", "task_loss", "lm_loss", "fine_tune_loss", "finetune_loss",
        "cross_entropy", "train_loss", "loss/fine_tune", "pg_loss", "policy_loss", "nll", "mean_nll",
      ]),
    Row(.learningRate, names: ["lr", "learning_rate", "actor_lr", "lr-adam", "lr-adamw", "lr-sgd"]),
    Row(.accuracy, names: ["accuracy", "acc"], endings: ["accuracy", "acc"]),
    // A score of the lm-evaluation-harness, without its filter.
    Row(.accuracy, names: ["acc_norm", "exact_match", "em", "f1", "pass@1", "mc2"], needsFilter: true),
    // A loss of one evaluation set: `eval/old_loss`; elsewhere an ending says too little.
    Row(.evaluationLoss, names: ["old_loss", "new_loss"], evaluationEndings: ["loss"]),
  ]
}
