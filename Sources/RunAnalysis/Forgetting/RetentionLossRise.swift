internal import Curves
internal import RunModel

/// A loss of a retention set, logged as it is or as a perplexity, that rose since the first evaluation, beyond its
/// scatter.
struct RetentionLossRise {
  /// Nats.
  private static let leastRise = 0.1
  private static let leastShare = 0.05
  /// Times the standard deviation of one value.
  private static let leastEvidence = 4.0
  private static let evaluations = 3

  let conclusion: Conclusion

  init?(_ metric: RetentionMetric, of run: RunModel) {
    let isPerplexity = metric.kind == .perplexity
    guard metric.kind == .loss || isPerplexity, metric.setKind == .retention else { return nil }
    let branch = run.series[metric.id].current
    let extent = branch.extent(of: 0..<branch.count)
    guard branch.count > Self.evaluations, extent.hasFinite else { return nil }
    let logged = EvaluationCourse(metric, of: run)
    // Below 0 it is no perplexity.
    guard !isPerplexity || extent.minimum > 0 else { return nil }
    let course = isPerplexity ? logged.logarithms : logged
    guard let rise = Self.lastRise(of: course) else { return nil }
    let last = rise.end.map { $0 - 1 } ?? course.count - 1
    let (before, now) = (logged.values[0], logged.values[last])
    let step = course.steps[rise.first]
    let recovered = rise.end.map { course.steps[$0] }
    conclusion = Conclusion(
      code: .retentionLossRises, series: metric.name, step: step,
      message:
        "\(metric.name) \(SentenceNumber.text(before)) → \(SentenceNumber.text(now)) \(isPerplexity ? "(+\(SentenceNumber.text(course.values[last] - course.values[0])) nats)" : "nats") since step \(step)"
        + (recovered.map { ", recovered at step \($0)" }
          ?? ": the model is less sure of what it knew; look whether the accuracy of that set follows"),
      knownAt: course.steps[rise.known], recoveredAt: recovered)
  }

  private struct Rise {
    var first: Int
    var known: Int
    var end: Int?
  }

  private static func lastRise(of course: EvaluationCourse) -> Rise? {
    let scatter = EvaluationCourse.Scatter(course.values)
    func isHigh(_ index: Int, known: Int) -> Bool {
      let rise = course.values[index] - course.values[0]
      guard rise >= leastRise, rise >= leastShare * abs(course.values[0]) else { return false }
      let error = course.errors[index] ?? scatter.variance(ofFirst: known)?.squareRoot()
      return error.map { rise > leastEvidence * $0 } ?? false
    }
    var last: Rise?
    for index in course.values.indices.dropFirst(evaluations) {
      let known = index + 1
      let recent = index - evaluations + 1...index
      if let rise = last, rise.end == nil {
        if recent.allSatisfy({ course.values[$0] - course.values[0] < leastRise }) {
          last?.end = recent.lowerBound
        }
      } else if recent.allSatisfy({ isHigh($0, known: known) }) {
        var first = recent.lowerBound
        while first > 1, isHigh(first - 1, known: known) { first -= 1 }
        last = Rise(first: first, known: index)
      }
    }
    return last
  }
}
