internal import Curves

/// Looking back: a replay shows the run as it was.
extension RunModel {
  /// The run as a live screen showed it when it had reached `step` and had not gone beyond: points, old branches,
  /// restarts, switches, findings and rejected lines that were known then.
  ///
  /// Of a step that a restart took back the moment is that of the present branch. What the log says about the whole run
  /// (its name, its classes) and what became of files of logits counts as known from the start.
  /// The cost depends on the number of series, not of points.
  package func asOf(step: Int) -> RunModel {
    guard let lastStep, step < lastStep else { return self }
    let moment = RunMoment(step, of: self)
    // Rows files may be of steps that no record is about.
    let isMeasuredLater = extent.measured.map { $0.upperBound > step } ?? false
    guard moment.rows < rows.count || table.hasSeveralSources || isMeasuredLater else { return self }
    var run = self
    run.lookBack(to: moment)
    return run
  }

  private mutating func lookBack(to moment: RunMoment) {
    if table.hasSeveralSources {
      extent.last = max(moment.step, firstStep ?? moment.step)
    } else {
      lookBackAtSteps(moment)
    }
    if let said = end, said.row >= moment.rows { course.end = nil }
    course.checkpoints = course.checkpoints.filter { $0.key <= moment.step }
    modes = modes.asOf(moment)
    ledger.lookBack(to: moment)
    evidence = evidence.asOf(moment)
    table.lookBack(to: moment)
    lookBackAtDivergences(moment)
    distributions.estimates = estimates.mapValues { $0.asOf(moment) }.filter { !$0.value.points.isEmpty }
  }

  private mutating func lookBackAtSteps(_ moment: RunMoment) {
    remarks.rejections = remarks.rejectionHistory.asOf(moment)
    let branch = restarts.last { $0.toStep <= moment.step }
    let reached = rows.highestStep(before: moment.rows, since: branch?.rowsBefore ?? 0)
    let measured = divergences.values.compactMap { $0.point(at: moment.step)?.step }.max()
    extent.last = [reached, branch.map { min($0.fromStep, $0.toStep) }, measured].compactMap(\.self).max()
    extent.first = [
      extent.first(withRows: moment.rows),
      divergences.values.compactMap { $0.points.first?.step }.min(),
    ].compactMap(\.self).min()
    extent.restarts.removeAll { $0.rowsBefore >= moment.rows }
    remarks.oddities.removeAll { $0.rowsBefore >= moment.rows }
  }

  private mutating func lookBackAtDivergences(_ moment: RunMoment) {
    for (probe, track) in divergences {
      let before = track.asOf(moment)
      distributions.divergences[probe] = before.points.isEmpty && before.abandoned.isEmpty ? nil : before
    }
  }
}

extension RunMoment {
  /// The moment at which `run` had reached `step`.
  ///
  /// Several sources were read side by side: in which order they grew is not known, so that all of them counts as known
  /// up to the step.
  init(_ step: Int, of run: RunModel) {
    guard !run.table.hasSeveralSources else {
      self.init(step: step, rows: run.rows.count)
      return
    }
    // Later restarts go back to later steps: they take nothing back that is known at this moment.
    let branch = run.restarts.last { $0.toStep <= step }?.rowsBefore ?? 0
    self.init(step: step, rows: run.rows.firstRow(beyond: step, since: branch))
  }
}
