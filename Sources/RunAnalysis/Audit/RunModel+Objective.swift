internal import Curves
internal import RunModel

extension RunModel {
  /// What the logged losses say about the objective, from at most `limit` steps; `nil` where they do not tell.
  func objectiveEstimate(limit: Int) -> ObjectiveEstimate? {
    var best: (estimate: ObjectiveEstimate, unexplained: Double)?
    for keys in objectiveSeries {
      let points = points(of: keys, limit: limit)
      guard let (slope, form) = withThirdTerm(points, keys) ?? ObjectiveForm(points).slope else { continue }
      if let best, best.unexplained <= slope.unexplained { continue }
      let names = ObjectiveKeys(
        fineTune: series[keys.fineTune].name, kl: series[keys.kl].name, total: series[keys.total].name)
      best = (
        ObjectiveEstimate(
          signedLambda: slope.value, standardError: slope.error, steps: slope.steps, keys: names,
          form: form, unexplained: slope.unexplained),
        slope.unexplained
      )
    }
    return best?.estimate
  }

  /// A further series that explains all that the KL leaves; `nil` where the KL leaves nothing, or none does.
  private func withThirdTerm(
    _ points: [ObjectivePoint], _ keys: ObjectiveSeries
  ) -> (slope: ObjectiveRegression.Slope, form: ObjectiveEstimate.Form)? {
    let finite = points.filter(\.isFinite)
    let noise = ObjectiveRegression(points: finite).noise
    guard finite.count >= ThirdTerm.fewestPoints,
      !ThirdTerm(finite, third: nil, noise: noise).isWhole
    else { return nil }
    for id in series.indices
    where ![keys.fineTune, keys.kl, keys.total].contains(id) && series[id].role != .learningRate {
      let values = finite.compactMap { lastValue(of: id, atExactly: $0.step) }
      guard values.count == finite.count, values.allSatisfy(\.isFinite) else { continue }
      let term = ThirdTerm(finite, third: values, noise: noise)
      guard term.isWhole, let slope = term.slope else { continue }
      return (slope, .withTerm(series[id].name, weight: term.weight))
    }
    return nil
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

/// total − fine-tune = λ·KL + w·third, by least squares.
private struct ThirdTerm {
  static let fewestPoints = 8
  /// Times the rounding that the rest may be.
  private static let times = 3.0

  private(set) var slope: ObjectiveRegression.Slope?
  private(set) var weight = 0.0
  /// True where rounding alone is left.
  private(set) var isWhole = false

  /// - Parameter third: a value for each point; `nil` for the KL alone.
  init(_ points: [ObjectivePoint], third: [Double]?, noise: Double) {
    var sums = (kk: 0.0, kt: 0.0, tt: 0.0, ky: 0.0, ty: 0.0, yy: 0.0)
    for (index, point) in points.enumerated() {
      let (kl, other, rest) = (point.kl, third?[index] ?? 0, point.total - point.fineTune)
      sums.kk += kl * kl
      sums.kt += kl * other
      sums.tt += other * other
      sums.ky += kl * rest
      sums.ty += other * rest
      sums.yy += rest * rest
    }
    let determinant = third == nil ? sums.kk : sums.kk * sums.tt - sums.kt * sums.kt
    guard determinant > 1e-9 * sums.kk * max(third == nil ? 1e-300 : sums.tt, 1e-300) else { return }
    let lambda = third == nil ? sums.ky / sums.kk : (sums.ky * sums.tt - sums.ty * sums.kt) / determinant
    weight = third == nil ? 0 : (sums.ty * sums.kk - sums.ky * sums.kt) / determinant
    let residual = points.enumerated().reduce(0.0) { sum, entry in
      let (index, point) = entry
      let rest = point.total - point.fineTune - lambda * point.kl - weight * (third?[index] ?? 0)
      return sum + rest * rest
    }
    let count = Double(points.count)
    isWhole = residual <= Self.times * Self.times * noise * noise * count
    let variance = max(residual / max(1, count - 2), noise * noise)
    slope = ObjectiveRegression.Slope(
      value: lambda, error: (variance * (third == nil ? 1 : sums.tt) / determinant).squareRoot(),
      steps: points.count,
      unexplained: sums.yy > 0 ? residual / sums.yy : 0)
  }
}
