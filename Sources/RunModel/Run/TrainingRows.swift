internal import RunLog

/// Tells whether a row of a Hugging Face or TRL trainer is one of training although its metrics are those of eval mode.
///
/// TRL's trainers put `eval_` in front of their metrics where `model.training` is false as they are logged; a row of an
/// evaluation has the evaluation's loss or run time.
struct TrainingRows: Sendable {
  /// What a series says about a row.
  private enum Part: Sendable {
    case training, evaluationMetric, evaluation, other
  }

  /// By the series of a number.
  private var parts: ContiguousArray<Part> = []

  private static let training: Set<String> = ["loss", "grad_norm", "learning_rate"]
  private static let evaluation = ["eval_loss", "eval_runtime", "eval/loss", "eval/runtime"]

  /// True for a dialect that has such rows.
  static func mayBe(in dialect: Dialect?) -> Bool {
    switch dialect {
    case .trainerState, .pythonDicts, .wandb: true
    default: false
    }
  }

  /// The first series of eval mode in a row of training; `nil` for every other row.
  ///
  /// - Parameter ids: the series of the row's numbers, of those in `series`.
  mutating func evaluationMetric(of ids: some Sequence<SeriesID>, in series: [Series]) -> SeriesID? {
    for new in series.indices.dropFirst(parts.count) { parts.append(Self.part(of: series[new].name)) }
    var isTraining = false
    var metric: SeriesID?
    for id in ids {
      switch parts[id] {
      case .training: isTraining = true
      case .evaluationMetric: metric = metric ?? id
      case .evaluation: return nil
      case .other: break
      }
    }
    return isTraining ? metric : nil
  }

  private static func part(of name: String) -> Part {
    let own = name.hasPrefix("train/") ? String(name.dropFirst(6)) : name
    if training.contains(own) { return .training }
    guard name.hasPrefix("eval_") || name.hasPrefix("eval/") else { return .other }
    // Several sets: `eval_licences_loss`.
    let isOfEvaluation = evaluation.contains(name) || name.hasSuffix("_loss") || name.hasSuffix("_runtime")
    return isOfEvaluation ? .evaluation : .evaluationMetric
  }
}
