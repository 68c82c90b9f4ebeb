/// What the user has chosen to see of the table of runs.
struct RunsTableState: Sendable, Hashable {
  /// Index of the run that keys act on.
  var cursor = 0
  /// First measure shown: a screen has room for some only.
  var firstMeasure = 0
  var sort = RunsColumn.order
  var isDescending = false

  mutating func sort(by column: RunsColumn) {
    if sort == column { isDescending.toggle() } else { (sort, isDescending) = (column, false) }
  }
}

/// A column of the table of runs.
enum RunsColumn: Sendable, Hashable {
  /// As they were named, or newest first.
  case order
  case name
  case step
  /// Last value of a measure.
  case last(RunMeasure)
  /// Best or highest value of a measure.
  case extreme(RunMeasure)
  /// Last value less the baseline's.
  case difference(RunMeasure)
}
