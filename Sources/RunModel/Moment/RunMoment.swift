/// A moment of a run's past: when it had reached a step on the branch it is on now, and had not gone beyond.
///
/// A record that came later is not known yet, even if it is about an earlier step: a late evaluation.
struct RunMoment: Sendable, Hashable {
  /// Nothing that is known is about a later step of the present branch.
  var step: Int
  /// The rows of the run's `RowTable` that had come.
  var rows: Int

  /// The moment at which `run` had reached `step`.
  ///
  /// Several sources were read side by side: in which order they grew is not known, so that all of them counts as known
  /// up to the step.
  init(_ step: Int, of run: RunModel) {
    self.step = step
    guard !run.table.hasSeveralSources else {
      rows = run.rows.count
      return
    }
    // Later restarts go back to later steps: they take nothing back that is known at this moment.
    let branch = run.restarts.last { $0.toStep <= step }?.rowsBefore ?? 0
    rows = run.rows.firstRow(beyond: step, since: branch)
  }
}
