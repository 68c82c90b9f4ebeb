internal import Curves
internal import RunLog
package import RunModel

/// How a run stands to one of its budgets, for one of the curves the budget is about.
package struct BudgetStanding: Sendable, Hashable {
  package enum Outlook: Sendable, Hashable {
    /// The first step beyond the limit, and whether the last point is within it again.
    case crossed(step: Int, isBack: Bool)
    /// Steps at which the limit is reached at the present rate: likeliest, and the ends of a 95 % interval, which is only
    /// a rough one where there are few evaluations.
    case expected(step: Int, earliest: Int, latest: Int, isRough: Bool)
    /// The curve leads to the limit, but so unsurely, or ever more slowly, that no step can be named.
    case noDate
    /// The present rate leads away from the limit, or nowhere.
    case notAtThisRate
    /// Fewer points than a rate needs.
    case tooFewPoints
  }

  package var budget: Budget
  /// A probe's label or a metric's key.
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

  /// Whether the run has anything that the budget is about.
  package func knows(_ budget: Budget) -> Bool {
    switch budget.subject {
    case .divergence(let set): !divergenceTracks(set: set).isEmpty
    case .metric(let words):
      series.contains { $0.count > 0 && Budget.words($0.name).suffix(words.count) == words[...] }
    }
  }

  private func divergenceTracks(set: String?) -> [DivergenceTrack] {
    divergences.values.filter { track in
      track.probe.phase == .eval && !track.points.isEmpty
        && (set.map { track.probe.set?.lowercased() == $0.lowercased() } ?? true)
    }.sorted { $0.probe < $1.probe }
  }

  private func divergenceStandings(to budget: Budget, set: String?) -> [BudgetStanding] {
    guard case .level(let level) = budget.limit else { return [] }
    return divergenceTracks(set: set).map { track in
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

  /// The rate is told from all points of a short curve, of a longer one from its last half, by so many of them at most.
  private static let mostPoints = 64
  /// Fewer evaluations tell too little of how far neighbours depend on each other.
  private static let fewestSure = 30

  init(_ branch: SeriesBranch, rows: RowTable, level: Double, isUpper: Bool) {
    if let first = branch.firstIndex(beyond: level, upwards: isUpper) {
      let last = branch.value(branch.count - 1)
      outlook = .crossed(
        step: branch.step(first, rows: rows), isBack: isUpper ? last <= level : last >= level)
      return
    }
    let points = min(branch.count, max(Self.mostPoints, branch.count / 2))
    let sample = SeriesSample(
      branch, in: branch.count - points..<branch.count, atMost: Self.mostPoints, rows: rows)
    let forecast = CrossingForecast(
      x: sample.steps.map(Double.init), y: sample.values, level: level, isUpper: isUpper)
    switch forecast.outcome {
    case .expected(let at, let earliest, let latest):
      guard let step = Self.step(at), let earliest = Self.step(earliest), let latest = Self.step(latest)
      else {
        outlook = .noDate
        return
      }
      outlook = .expected(
        step: step, earliest: earliest, latest: latest, isRough: sample.values.count < Self.fewestSure)
    case .noDate: outlook = .noDate
    case .away: outlook = .notAtThisRate
    case .tooFewPoints: outlook = .tooFewPoints
    }
  }

  /// `nil` for a step that no run reaches.
  private static func step(_ x: Double) -> Int? {
    // What rounding adds to a whole number of steps is no further step.
    abs(x) < 1e15 ? Int((x - abs(x) * 1e-6).rounded(.up)) : nil
  }
}

extension BudgetStanding {
  /// What is to be expected, as a sentence says it.
  package var outlookText: String {
    switch outlook {
    case .crossed(let step, isBack: true): "crossed at step \(step), now within it again"
    case .crossed(let step, isBack: false): "already crossed at step \(step)"
    case .expected(_, let earliest, let latest, isRough: true):
      "at this rate roughly between step \(earliest) and step \(latest)"
    case .expected(let step, let earliest, let latest, isRough: false):
      "at step \(step) at this rate (95 %: \(earliest) to \(latest))"
    case .noDate: "perhaps, but no step can be named"
    case .notAtThisRate: "not at this rate"
    case .tooFewPoints: "too few points for a rate"
    }
  }
}

extension RunModel {
  /// Which budgets are spent, and which are about nothing that the run has.
  func budgetConclusions(_ budgets: [Budget]) -> [Conclusion] {
    budgets.flatMap { budget -> [Conclusion] in
      let standings = standings(to: budget)
      guard standings.isEmpty else { return standings.compactMap(Self.spent) }
      guard !knows(budget), let step = firstEvaluation(for: budget) ?? (hasEnded ? lastStep : nil) else {
        return []
      }
      return [unknown(budget, since: step)]
    }
  }

  private static func spent(_ standing: BudgetStanding) -> Conclusion? {
    guard case .crossed(let step, let isBack) = standing.outlook else { return nil }
    let direction = standing.isUpper ? "above" : "below"
    let back = isBack ? "; the last value is within it again" : ""
    return Conclusion(
      code: .budgetSpent, series: standing.name, step: step,
      message:
        "\(standing.name) went \(direction) \(SentenceNumber.text(standing.level)), the budget \(standing.budget.text), at step \(step)\(back)"
    )
  }

  private func unknown(_ budget: Budget, since step: Int) -> Conclusion {
    Conclusion(
      code: .budgetUnknown, series: nil, step: step, message: complaint(about: budget),
      severity: budget.isFromSettings ? .note : .warning)
  }
}
