internal import Curves
internal import RunFeed
internal import RunModel

/// One run in the table of runs, with the numbers it is compared by.
struct RunsRow: Sendable {
  /// Index in the list of runs.
  var index: Int
  var name: String
  /// Last step, or where a replay stands.
  var step: Int
  /// False for a run that is only listed.
  var isRead: Bool
  /// For each measure of the table; `nil` where the run does not have it.
  var numbers: [ComparedMetric: Numbers]

  struct Numbers: Sendable {
    /// At the row's step.
    var last: Double?
    /// Best or highest value up to the row's step, and the first step that has it.
    var extreme: (value: Double, step: Int)?
    /// `last` less the baseline's.
    var difference: Double?
  }
}

extension RunsRow {
  /// Every run with its measures, in the order of the table.
  static func all(_ state: DashboardState, measures: [ComparedMetric]) -> [RunsRow] {
    let baseline = state.runs.baseline.flatMap { state.runs[$0] }.map {
      RunsRow($0.shown, index: 0, state: state, measures: measures, baseline: [:])
    }
    let reference = (baseline?.numbers ?? [:]).compactMapValues(\.last)
    let rows = state.runs.runs.enumerated().map { index, run in
      RunsRow(run.shown, index: index, state: state, measures: measures, baseline: reference)
    }
    return sorted(rows, by: state.runsTable)
  }

  private init(
    _ run: RunModel, index: Int, state: DashboardState, measures: [ComparedMetric],
    baseline: [ComparedMetric: Double]
  ) {
    self.index = index
    name = run.displayName
    let through = state.replay == nil ? run.steps.upperBound : min(state.step, run.steps.upperBound)
    step = through
    isRead = run.activity != .notOpened
    let pairs = measures.compactMap { measure in
      measure.points(in: run).map { points in
        let last = points.value(at: through)
        return (
          measure,
          Numbers(
            last: last, extreme: points.first(reaching: measure.end, through: through),
            difference: last.flatMap { last in baseline[measure].map { last - $0 } })
        )
      }
    }
    numbers = Dictionary(pairs) { first, _ in first }
  }

  /// Rows without a number stand below those with one, whichever way the table is sorted; equals keep their order.
  private static func sorted(_ rows: [RunsRow], by table: RunsTableState) -> [RunsRow] {
    if table.sort == .name {
      let ascending = rows.sorted { ($0.name, $0.index) < ($1.name, $1.index) }
      return table.isDescending ? ascending.reversed() : ascending
    }
    var numbered: [(row: RunsRow, number: Double)] = []
    var rest: [RunsRow] = []
    for row in rows {
      if let number = row.number(for: table.sort), !number.isNaN {
        numbered.append((row, number))
      } else {
        rest.append(row)
      }
    }
    numbered.sort { left, right in
      if left.number == right.number { return left.row.index < right.row.index }
      return table.isDescending ? left.number > right.number : left.number < right.number
    }
    return numbered.map { $0.row } + rest
  }

  /// What a column sorts by; `nil` where the run does not have it, and for names.
  private func number(for column: RunsColumn) -> Double? {
    switch column {
    case .order: Double(index)
    case .name: nil
    case .step: Double(step)
    case .last(let measure): numbers[measure]?.last
    case .extreme(let measure): numbers[measure]?.extreme?.value
    case .difference(let measure): numbers[measure]?.difference
    }
  }
}
