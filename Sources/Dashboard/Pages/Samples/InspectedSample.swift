internal import CellCanvas
internal import RunLog
internal import RunModel

/// A sample that is looked at, at the step that is looked at.
struct InspectedSample: Sendable {
  /// As it was last measured.
  var state: SampleState
  var measured: ComparedSample?
  /// Index among its rows.
  var row: Int
  /// Bars of the row, and the step they are of: the nearest one whose bars were kept.
  var picture: (step: Int, picture: TopProbabilities)?
  /// Names of the classes.
  var names: [String]
  /// How both models went on when they were last asked.
  var completion: SampleCompletion?
  /// The run, as far as it has gone: where a replay is shown, further than what is shown.
  private let course: RunModel

  /// Every evaluation there is of it, later ones than `state` too, in the order of the steps.
  var evaluations: [SampleState] { course.evaluations(of: state.key) }

  var measuredRow: RowEvidence? {
    measured.flatMap { $0.rows.indices.contains(row) ? $0.rows[row] : nil }
  }

  /// True where the bars are of another step than the numbers.
  var isPictureOfAnotherStep: Bool { picture.map { $0.step != state.step } ?? false }

  init(_ sample: SampleState, in state: DashboardState) {
    let run = state.shown
    self.state = sample
    // A replay's run ends at its step; the curve shows where it goes on.
    course = state.isReplay ? state.run : run
    measured = run.measuredSample(sample.key, at: sample.step)
    let rows = measured?.rows.count ?? 0
    row = state.sample.row.map { min($0, max(0, rows - 1)) } ?? measured?.rowFurthestApart ?? 0
    names = state.sampleNames(of: sample.key.probe)
    completion = run.completion(of: sample.key, at: sample.step)?.completion
    picture = run.nearestPicture(of: sample.key, row: row, to: sample.step)
  }

  /// Text of each row: its token, else its right class, else its position.
  var tokens: [String] {
    guard let measured else { return [] }
    return measured.rows.indices.map { index in
      if let token = measured.token(ofRow: index) { return token }
      let row = measured.rows[index]
      return names.indices.contains(row.target) ? names[row.target] : "\(row.position)"
    }
  }
}

extension DashboardState {
  /// The sample the page is open on, whatever the filter; `nil` where the list is shown, and where the sample was not
  /// measured yet at the step that is looked at.
  var inspectedSample: InspectedSample? {
    guard samples.isOpen, let key = sample.key,
      let state = shown.evaluation(of: key, at: viewedStep)
    else { return nil }
    return InspectedSample(state, in: self)
  }
}

extension InspectedSample {
  /// Entropies of both models on the row; `nil` where it was not measured.
  func entropy(glyphs: GlyphSet) -> FlexibleText? {
    guard let row = measuredRow else { return nil }
    let values = [
      TextRun("entropy base ", .faint),
      TextRun(ValueText.short(row.referenceEntropy, glyphs: glyphs), .reference),
      TextRun(" tuned ", .faint), TextRun(ValueText.short(row.policyEntropy, glyphs: glyphs), .policy),
    ]
    return FlexibleText([values + [TextRun(" nats", .faint)], values])
  }
}
