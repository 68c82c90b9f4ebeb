internal import CellCanvas
internal import RunAnalysis
internal import RunModel

/// Retention metrics in words and numbers.
struct RetentionText {
  var glyphs: GlyphSet

  /// A change of a metric: percentage points of a fraction, nats of a loss.
  ///
  /// - Parameters:
  ///   - isFraction: the metric lies between 0 and 1.
  ///   - isShort: units in few columns.
  func change(
    _ value: Double, kind: RetentionMetric.Kind, isFraction: Bool, isShort: Bool = false
  ) -> String {
    let unit = Self.unit(kind, isFraction: isFraction, isShort: isShort)
    let number = ValueText.signed(
      isFraction ? value * 100 : value, decimals: isFraction ? 1 : 3, glyphs: glyphs)
    return number + (unit.isEmpty ? "" : " " + unit)
  }

  /// `points`, `nats`, or nothing.
  static func unit(_ kind: RetentionMetric.Kind, isFraction: Bool, isShort: Bool = false) -> String {
    if isFraction { return isShort ? "pt" : "points" }
    return kind == .loss ? "nats" : ""
  }

  /// The name of the axis; what the metric is called without it.
  static func word(_ kind: RetentionMetric.Kind) -> String {
    switch kind {
    case .accuracy: "accuracy"
    case .score: "score"
    case .loss: "loss"
    case .perplexity: "perplexity"
    }
  }

  static func label(_ metric: RetentionMetric) -> String { MetricKey.evaluationLabel(metric.name) }

  /// Better or worse than at the start.
  static func role(_ standing: RetentionStanding) -> StyleRole {
    standing.change == 0 ? .text : standing.isWorse ? .error : .good
  }
}

extension RunModel {
  /// The metrics that the overview has room for: accuracies and scores, those of old tasks first; losses of old tasks
  /// where nothing else tells of them, and other losses where there is nothing at all.
  var overviewMetrics: [RetentionMetric] {
    let all = retentionMetrics
    let high = all.filter(\.kind.isHigherBetter)
    let low = all.filter { !$0.kind.isHigherBetter }
    let old = high.filter(\.isOld)
    let shown = (old.isEmpty ? low.filter(\.isOld) : []) + old + high.filter { !$0.isOld }
    return shown.isEmpty ? low : shown
  }
}
