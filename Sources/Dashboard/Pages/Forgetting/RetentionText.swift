internal import CellCanvas
internal import Curves
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

  /// Better or worse than at the start; red only where the header does not say that nothing was found.
  static func role(_ standing: RetentionStanding) -> StyleRole {
    if standing.change == 0 { return .text }
    return standing.isClearlyLower ? .error : standing.isWorse ? .warning : .good
  }
}

extension RunModel {
  /// The metrics that runs are compared by: accuracies and scores, those of old tasks first; losses of old tasks where
  /// nothing else tells of them, and other losses where there is nothing at all.
  var overviewMetrics: [RetentionMetric] {
    let all = retentionMetrics
    let high = all.filter(\.kind.isHigherBetter)
    let low = all.filter { !$0.kind.isHigherBetter }
    let old = high.filter(\.isOld)
    let shown = (old.isEmpty ? low.filter(\.isOld) : []) + old + high.filter { !$0.isOld }
    return shown.isEmpty ? low : shown
  }

  /// The metrics that the overview draws, all of one unit, since they share an axis: accuracies, else scores, of
  /// old tasks where there are any; losses of old tasks where nothing else tells of them. One for each set, the one that
  /// was evaluated most often; and how many others there are.
  var forgettingCurves: (shown: [RetentionMetric], others: Int) {
    let all = retentionMetrics
    let high = all.filter(\.kind.isHigherBetter)
    let first =
      high.first(where: \.isOld) ?? all.first(where: \.isOld) ?? high.first ?? all.first
    guard let first else { return ([], 0) }
    let isShare = isShare(first)
    var chosen: [RetentionMetric] = []
    var places: [String: Int] = [:]
    for metric in all where metric.kind == first.kind && self.isShare(metric) == isShare {
      let set = SetLooks.set(ofKey: metric.name) ?? metric.name
      if let place = places[set] {
        if series[chosen[place].id].count < series[metric.id].count { chosen[place] = metric }
      } else {
        places[set] = chosen.count
        chosen.append(metric)
      }
    }
    return (chosen, all.count - chosen.count)
  }

  /// True for values between 0 and 1: percent and a share are not of one unit.
  private func isShare(_ metric: RetentionMetric) -> Bool {
    let branch = series[metric.id].current
    let extent = branch.extent(of: 0..<branch.count)
    return metric.kind.isHigherBetter && extent.hasFinite && extent.minimum >= 0 && extent.maximum <= 1
  }
}
