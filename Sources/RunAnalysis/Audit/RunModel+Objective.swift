internal import Curves
internal import RunModel

extension RunModel {
  /// What the logged losses say about the objective, from at most `limit` steps; `nil` where they do not tell.
  func objectiveEstimate(limit: Int) -> ObjectiveEstimate? {
    var best: (estimate: ObjectiveEstimate, unexplained: Double)?
    for keys in objectiveSeries {
      guard let (slope, form) = ObjectiveForm(points(of: keys, limit: limit)).slope else { continue }
      if let best, best.unexplained <= slope.unexplained { continue }
      let names = ObjectiveKeys(
        fineTune: series[keys.fineTune].name, kl: series[keys.kl].name, total: series[keys.total].name)
      best = (
        ObjectiveEstimate(
          signedLambda: slope.value, standardError: slope.error, steps: slope.steps, keys: names,
          form: form),
        slope.unexplained
      )
    }
    return best?.estimate
  }

  private typealias ObjectiveSeries = (fineTune: SeriesID, kl: SeriesID, total: SeriesID)

  /// Every triple of series that may be an objective. Where no key says that it is a total, `loss` is the total of a
  /// log that has its parts as well.
  private var objectiveSeries: [ObjectiveSeries] {
    let losses = series(role: .fineTuneLoss)
    let named = series(role: .totalLoss)
    let totals = named.isEmpty && losses.count > 1 ? losses.filter { isPlainLoss($0) } : named
    let parts = losses.filter { !totals.contains($0) }
    return totals.flatMap { total in
      parts.flatMap { fineTune in series(role: .kl).map { (fineTune: fineTune, kl: $0, total: total) } }
    }
  }

  private func isPlainLoss(_ id: SeriesID) -> Bool {
    let name = series[id].name
    return name == "loss" || name.hasSuffix("/loss")
  }

  /// Values of the three at the same steps, evenly chosen where there are more than `limit`.
  private func points(of keys: ObjectiveSeries, limit: Int) -> [ObjectivePoint] {
    let kl = series[keys.kl].current
    let stride = max(1, (kl.count + limit - 1) / limit)
    var last: Int?
    return Swift.stride(from: 0, to: kl.count, by: stride).compactMap { index in
      let step = kl.step(index, rows: rows)
      // The three mostly come in the same records.
      guard step != last, let fineTune = lastValue(of: keys.fineTune, atExactly: step, near: index),
        let total = lastValue(of: keys.total, atExactly: step, near: index),
        let value = lastValue(of: keys.kl, atExactly: step, near: index)
      else { return nil }
      last = step
      return ObjectivePoint(step: step, fineTune: fineTune, kl: value, total: total)
    }
  }

  /// The value of a series at one step, of several the later one.
  ///
  /// - Parameter guess: where the point may be, if anybody knows.
  func lastValue(of id: SeriesID, atExactly step: Int, near guess: Int? = nil) -> Double? {
    let branch = series[id].current
    let end = branch.upperBound(step: step, rows: rows, near: guess.map { $0 + 1 })
    guard end > 0, branch.step(end - 1, rows: rows) == step else { return nil }
    return branch.value(end - 1)
  }
}
