internal import Curves

// A step as some of the records with its samples gave it.

extension StepDivergence {
  /// The step as it was at a moment; `nil` where no sample had come.
  ///
  /// A sample that a later record replaced is not known any more, and is left out.
  func asOf(_ moment: RunMoment) -> StepDivergence? {
    var point = StepDivergence(step: step)
    for (index, source) in sources.enumerated() where source.row < moment.rows {
      let own = samples.indices.filter { sourceOfSample[$0] == index }.map { samples[$0] }
      guard !own.isEmpty else { continue }
      point.add(
        own, logged: source.logged, policyInEvalMode: source.policyInEvalMode, file: source.file,
        row: source.row)
    }
    guard !point.samples.isEmpty else { return nil }
    point.refresh()
    return point
  }

  /// The step as the records before a row gave it, and as those since then did; `nil` where one of them has no sample.
  func split(atRow row: Int) -> (before: StepDivergence?, since: StepDivergence?) {
    if lastRow < row { return (self, nil) }
    if sources.allSatisfy({ $0.row >= row }) { return (nil, self) }
    return (part { $0.row < row }, part { $0.row >= row })
  }

  /// What some of its records gave, without pictures of samples that others have replaced.
  private func part(_ belongs: (Source) -> Bool) -> StepDivergence? {
    var point = StepDivergence(step: step)
    for (index, source) in sources.enumerated() where belongs(source) {
      let former = replaced.filter { $0.source == index && !belongs(sources[$0.successor]) }.map(\.sample)
      let own = former + samples.indices.filter { sourceOfSample[$0] == index }.map { samples[$0] }
      guard !own.isEmpty else { continue }
      point.add(
        own, logged: source.logged, policyInEvalMode: source.policyInEvalMode, file: source.file,
        row: source.row)
    }
    return point.samples.isEmpty ? nil : point
  }
}
