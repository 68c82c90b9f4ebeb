internal import Curves
internal import RunLog
package import RunModel

/// How a run stands to one of its budgets, for one of the curves the budget is about.
package struct BudgetStanding: Sendable, Hashable {
  package enum Outlook: Sendable, Hashable {
    /// The first step beyond the limit, and whether the last point is within it again.
    case crossed(step: Int, isBack: Bool)
    /// Steps at which the limit is reached at the present rate: likeliest, and the ends of a 95 % interval; `latest` is
    /// `nil` where it may never be.
    case expected(step: Int, earliest: Int, latest: Int?)
    /// The present rate leads away from the limit, or nowhere.
    case notAtThisRate
    /// Fewer points than a rate needs.
    case tooFewPoints
  }

  package var budget: Budget
  /// A probe's label or a metric's key, hostile until made printable.
  package var name: String
  /// The metric; `nil` for a divergence.
  package var metric: SeriesID?
  /// The probe; `nil` for a metric.
  package var probe: ProbeKey?
  /// The limit as a value of the curve.
  package var level: Double
  /// True where the curve must not rise above the limit.
  package var isUpper: Bool
  package var outlook: Outlook
}

extension RunModel {
  /// How the run stands to one budget: one for each curve, none where no curve fits.
  package func standings(to budget: Budget) -> [BudgetStanding] {
    switch budget.subject {
    case .divergence(let set): divergenceStandings(to: budget, set: set)
    case .metric(let words):
      series.indices.filter { id in
        series[id].count > 0 && Budget.words(series[id].name).suffix(words.count) == words[...]
      }.compactMap { standing(to: budget, of: $0) }
    }
  }

  private func divergenceStandings(to budget: Budget, set: String?) -> [BudgetStanding] {
    guard case .level(let level) = budget.limit else { return [] }
    let tracks = divergences.values.filter { track in
      track.probe.phase == .eval && !track.points.isEmpty
        && (set.map { track.probe.set?.lowercased() == $0.lowercased() } ?? true)
    }
    return tracks.sorted { $0.probe < $1.probe }.map { track in
      let points = track.curves.points(.policyReference)
      let outlook = BudgetOutlook(points.branch, rows: points.rows, level: level, isUpper: true)
      return BudgetStanding(
        budget: budget, name: track.probe.label, metric: nil, probe: track.probe, level: level, isUpper: true,
        outlook: outlook.outlook)
    }
  }

  private func standing(to budget: Budget, of id: SeriesID) -> BudgetStanding? {
    let branch = series[id].current
    let start = branch.value(0)
    guard start.isFinite else { return nil }
    let isHigherBetter =
      RetentionMetric(id, of: self)?.kind.isHigherBetter ?? (series[id].role == .accuracy)
    let (level, isUpper): (Double, Bool) =
      switch budget.limit {
      case .level(let level): (level, !isHigherBetter)
      case .change(let change): (start + change, change > 0)
      case .share(let share): (start + share * abs(start), share > 0)
      }
    return BudgetStanding(
      budget: budget, name: series[id].name, metric: id, probe: nil, level: level, isUpper: isUpper,
      outlook: BudgetOutlook(branch, rows: rows, level: level, isUpper: isUpper).outlook)
  }
}

/// Where a curve crosses a level: looked up in the past, else led on from the last points.
private struct BudgetOutlook {
  var outlook: BudgetStanding.Outlook

  /// The present rate is told from the last quarter of the points, within these bounds.
  private static let fewestPoints = 5
  private static let mostPoints = 64

  init(_ branch: SeriesBranch, rows: RowTable, level: Double, isUpper: Bool) {
    if let first = branch.firstIndex(beyond: level, upwards: isUpper) {
      let last = branch.value(branch.count - 1)
      outlook = .crossed(
        step: branch.step(first, rows: rows), isBack: isUpper ? last <= level : last >= level)
      return
    }
    let points = min(Self.mostPoints, max(Self.fewestPoints, branch.count / 4), branch.count)
    let sample = SeriesSample(
      branch, in: branch.count - points..<branch.count, atMost: Self.mostPoints, rows: rows)
    guard points >= Self.fewestPoints, let trend = sample.trend, let now = sample.steps.last else {
      outlook = .tooFewPoints
      return
    }
    outlook = Self.ahead(trend, from: now, level: level, isUpper: isUpper)
  }

  private static func ahead(_ trend: LinearTrend, from now: Int, level: Double, isUpper: Bool)
    -> BudgetStanding.Outlook
  {
    let sign: Double = isUpper ? 1 : -1
    let left = max(0, sign * (level - trend.value(at: Double(now))))
    let rate = sign * trend.slope
    let fastest = sign * (isUpper ? trend.slopes.upperBound : trend.slopes.lowerBound)
    let slowest = sign * (isUpper ? trend.slopes.lowerBound : trend.slopes.upperBound)
    guard rate > 0, let step = step(now, left / rate) else { return .notAtThisRate }
    return .expected(
      step: step, earliest: self.step(now, left / fastest) ?? now,
      latest: slowest > 0 ? self.step(now, left / slowest) : nil)
  }

  /// `nil` for a step that no run reaches.
  private static func step(_ now: Int, _ ahead: Double) -> Int? {
    guard ahead.isFinite, ahead < 1e15 else { return nil }
    // What rounding adds to a whole number of steps is no further step.
    return now.addingReportingOverflow(Int((ahead * (1 - 1e-9)).rounded(.up))).partialValue
  }
}

extension RunModel {
  /// Which budgets are spent.
  func budgetConclusions(_ budgets: [Budget]) -> [Conclusion] {
    budgets.flatMap { standings(to: $0) }.compactMap { standing in
      guard case .crossed(let step, let isBack) = standing.outlook else { return nil }
      let direction = standing.isUpper ? "above" : "below"
      let back = isBack ? "; the last value is within it again" : ""
      return Conclusion(
        code: .budgetSpent, series: standing.name, step: step,
        message:
          "\(standing.name) went \(direction) \(SentenceNumber.text(standing.level)), the budget \(standing.budget.text), at step \(step)\(back)"
      )
    }
  }
}
