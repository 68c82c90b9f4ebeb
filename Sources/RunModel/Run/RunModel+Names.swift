internal import Curves
internal import RunLog

extension RunModel {
  /// The name it was given, else the run's own name, else the last part of its path.
  package var displayName: String {
    if let name = givenName ?? description.name { return name }
    if path == "-" { return "standard input" }
    let parts = path.split(separator: "/")
    guard let last = parts.last else { return path }
    guard let dot = last.lastIndex(of: "."), dot > last.startIndex else { return String(last) }
    // metrics.jsonl says nothing: its directory does.
    return parts.count > 1 ? String(parts[parts.count - 2]) : String(last[..<dot])
  }

  /// Steps of the present branch that some record is about.
  package var distinctSteps: Int {
    if table.hasSeveralSources { return shownSteps.count }
    var steps: Set<Int> = []
    var bound = Int.max
    var restarts = restarts[...]
    for row in stride(from: rows.count - 1, through: 0, by: -1) {
      while let last = restarts.last, row < last.rowsBefore {
        bound = min(bound, last.toStep)
        restarts.removeLast()
      }
      if rows.step(row) < bound { steps.insert(rows.step(row)) }
    }
    return steps.count
  }

  /// Steps of every point that is shown: rows of other sources lie between.
  private var shownSteps: Set<Int> {
    var steps: Set<Int> = []
    for series in series {
      for index in 0..<series.count { steps.insert(series.current.step(index, rows: rows)) }
    }
    return steps
  }
}
