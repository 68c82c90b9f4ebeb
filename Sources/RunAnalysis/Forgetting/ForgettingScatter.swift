package import Curves
internal import Divergence
internal import RunLog
package import RunModel

/// What was forgotten against how far the models are apart: a point for each evaluation.
package struct ForgettingScatter: Sendable {
  /// How far apart: recomputed from logits, or as the log says.
  package enum Distance: Sendable, Hashable {
    case probe(ProbeKey)
    case logged(SeriesID)
  }

  package struct Point: Sendable, Hashable {
    package var step: Int
    /// Nats.
    package var divergence: Double
    /// What was lost since the start, in the metric's unit: worse where positive.
    package var lost: Double
  }

  /// In the order of the steps; every one finite.
  package var points: [Point] = []
  /// `nil` for fewer than five points.
  package var fit: QuadraticFit?

  /// More points than this cannot be told apart.
  static let mostPoints = 512
}

extension RunModel {
  /// Everything that tells how far the models are apart at evaluations: recomputed first, as logged otherwise.
  package var distances: [ForgettingScatter.Distance] {
    let probes = divergences.values.filter { !$0.points.isEmpty }.map(\.probe).sorted()
    // Evaluations before training batches, whose divergence contains dropout.
    let recomputed = (probes.filter { $0.phase == .eval } + probes.filter { $0.phase != .eval }).map {
      ForgettingScatter.Distance.probe($0)
    }
    if !recomputed.isEmpty { return recomputed }
    return (series(role: .evaluationKL) + series(role: .kl)).map { .logged($0) }
  }

  /// Evaluations of a metric, each with the divergence that was last measured after the evaluation before it.
  ///
  /// - Parameter swapped: D(reference‖policy) instead of D(policy‖reference); a logged KL is taken as it is.
  package func scatter(
    of metric: RetentionMetric, against distance: ForgettingScatter.Distance, swapped: Bool
  ) -> ForgettingScatter {
    let branch = series[metric.id].current
    var scatter = ForgettingScatter()
    guard branch.count > 0 else { return scatter }
    let stride = max(1, (branch.count + ForgettingScatter.mostPoints - 1) / ForgettingScatter.mostPoints)
    let sign: Double = metric.kind.isHigherBetter ? -1 : 1
    let start = branch.value(0)
    for index in Swift.stride(from: 0, to: branch.count, by: stride) {
      let step = branch.step(index, rows: rows)
      let since = index > 0 ? branch.step(index - 1, rows: rows) : nil
      guard let divergence = divergence(distance, at: step, after: since, swapped: swapped) else { continue }
      let lost = sign * (branch.value(index) - start)
      guard divergence.isFinite, lost.isFinite else { continue }
      scatter.points.append(ForgettingScatter.Point(step: step, divergence: divergence, lost: lost))
    }
    scatter.fit = QuadraticFit(x: scatter.points.map(\.divergence), y: scatter.points.map(\.lost))
    return scatter
  }

  private func divergence(
    _ distance: ForgettingScatter.Distance, at step: Int, after since: Int?, swapped: Bool
  ) -> Double? {
    func isRecent(_ measured: Int) -> Bool { measured == step || since.map { measured > $0 } ?? true }
    switch distance {
    case .probe(let probe):
      guard let point = divergences[probe]?.point(at: step), isRecent(point.step) else { return nil }
      return swapped ? point.referencePolicy.mean : point.policyReference.mean
    case .logged(let id):
      let branch = series[id].current
      let end = branch.upperBound(step: step, rows: rows)
      guard end > 0, isRecent(branch.step(end - 1, rows: rows)) else { return nil }
      return branch.value(end - 1)
    }
  }
}
