internal import CellCanvas
internal import RunModel

/// A metric that tells what the model still can do.
struct RetentionMetric {
  enum Kind {
    /// A fraction that should stay high.
    case accuracy
    /// A loss that should stay low.
    case loss
    /// A number of an evaluation; whether it should be high or low is not known.
    case other

    /// What to call the axis; `nil` where every curve is something else.
    var word: String? {
      switch self {
      case .accuracy: "accuracy"
      case .loss: "loss"
      case .other: nil
      }
    }
  }

  var id: SeriesID
  var kind: Kind
  var label: String
  /// True for a task the model could do before it was tuned.
  private(set) var isOld: Bool

  /// Metrics of old tasks first, then the rest; losses only where there is no accuracy of old tasks, and other numbers
  /// of evaluations only where there is nothing else.
  static func all(in run: RunModel) -> [RetentionMetric] {
    let accuracies = run.series(role: .accuracy).map { RetentionMetric($0, .accuracy, in: run) }
    let losses = run.series(role: .evaluationLoss).map { RetentionMetric($0, .loss, in: run) }
    let old = accuracies.filter(\.isOld)
    let shown = (old.isEmpty ? losses.filter(\.isOld) : []) + old + accuracies.filter { !$0.isOld }
    guard shown.isEmpty else { return shown }
    return losses.isEmpty ? otherEvaluations(in: run) : losses
  }

  private static func otherEvaluations(in run: RunModel) -> [RetentionMetric] {
    run.series.indices.filter { id in
      run.series[id].role == nil && run.series[id].count > 0
        && MetricLabel.words(run.series[id].name.lowercased()).first == "eval"
    }.map { RetentionMetric($0, .other, in: run) }
  }

  private init(_ id: SeriesID, _ kind: Kind, in run: RunModel) {
    self.id = id
    self.kind = kind
    let name = run.series[id].name
    // Benchmarks that are run at every checkpoint are about what the model could do before.
    isOld =
      EvaluationScore.isKey(name)
      || MetricLabel.words(name.lowercased()).contains { Self.oldWords.contains($0) }
    label = MetricLabel.retention(name)
  }

  private static let oldWords: Set<String> = [
    "old", "retention", "retain", "base", "previous", "pretrain", "source",
  ]

  /// `nil` where that cannot be told.
  func isWorse(_ now: Double, than first: Double) -> Bool? {
    switch kind {
    case .accuracy: now < first
    case .loss: now > first
    case .other: nil
    }
  }

  /// In percentage points for an accuracy given as a fraction, else as a difference.
  func changeText(from first: Double, to now: Double, glyphs: GlyphSet) -> (full: String, short: String) {
    let isFraction = kind == .accuracy && (0...1).contains(first) && (0...1).contains(now)
    let number = NumberText.signed(
      isFraction ? (now - first) * 100 : now - first, decimals: isFraction ? 1 : 3)
    let change = ValueText.withMinus(number, glyphs: glyphs)
    return isFraction ? (change + " points", change + " pt") : (change, change)
  }
}
