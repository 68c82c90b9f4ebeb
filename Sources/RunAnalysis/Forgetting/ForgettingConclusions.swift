internal import RunModel

extension RunModel {
  /// What the retention metrics say by their course.
  var forgettingConclusions: [Conclusion] {
    let metrics = retentionMetrics
    // Where a set has an accuracy, that says whether skill was lost: a loss that rises beside it says no more.
    let withAccuracy = Set(metrics.filter { $0.kind == .accuracy }.map { MetricKey($0.name).setWords })
    return metrics.flatMap { metric in
      [
        ForgettingVerdict(metric, of: self)?.conclusion,
        withAccuracy.contains(MetricKey(metric.name).setWords)
          ? nil : RetentionLossRise(metric, of: self)?.conclusion,
      ].compactMap(\.self)
    }
  }
}
