internal import CellCanvas
internal import RunModel

/// One sample: what is known of it, its tokens, its bars, and its history.
struct InspectionView {
  private let sample: InspectedSample
  /// All of it there are.
  private let evaluations: [SampleState]
  /// Where it stands in the list; `nil` where the filter hides it.
  private let place: (index: Int, count: Int)?
  private let state: DashboardState
  private let layout: InspectionLayout
  private let glyphs: GlyphSet
  /// Beside the list, of the sample under its cursor.
  private let isPreview: Bool

  init(preview sample: InspectedSample, of state: DashboardState, in rect: CellRect, glyphs: GlyphSet) {
    self.sample = sample
    evaluations = state.shown.evaluations(of: sample.state.key)
    place = nil
    self.state = state
    self.glyphs = glyphs
    isPreview = true
    layout = InspectionLayout(body: rect, target: Self.target(sample, evaluations))
  }

  /// Which curves of the right answer there are.
  private static func target(
    _ sample: InspectedSample, _ evaluations: [SampleState]
  ) -> InspectionLayout.Target {
    guard sample.state.record.targets > 0 else { return .none }
    return evaluations.contains { !$0.record.policyMargin.isNaN } ? .probabilityAndMargin : .probability
  }

  /// `nil` where no sample is open, or none that was measured.
  init?(_ state: DashboardState, in body: CellRect, glyphs: GlyphSet) {
    guard let sample = state.inspectedSample else { return nil }
    self.sample = sample
    evaluations = sample.evaluations
    let list = state.sampleList
    place = list.states.firstIndex { $0.key == sample.state.key }.map { ($0, list.states.count) }
    self.state = state
    self.glyphs = glyphs
    isPreview = false
    layout = InspectionLayout(body: body, target: Self.target(sample, evaluations))
  }

  /// Says that the open sample was not measured yet.
  static func drawMissing(
    _ state: DashboardState, in body: CellRect, of grid: inout CellGrid, glyphs: GlyphSet
  ) {
    SamplesFrame(
      title: state.sample.key?.name.label ?? "sample", notes: [], keys: keys, rect: body, state: state,
      glyphs: glyphs
    ).draw(of: &grid)
    PanelFrame.drawMessage(
      "not measured yet at step \(state.viewedStep)", in: body.inset(), of: &grid)
  }

  func draw(of grid: inout CellGrid) {
    SamplesFrame(
      title: sample.state.key.name.label, notes: notes,
      keys: isPreview ? [:] : sample.state.record.rows > 1 ? Self.keysOfSequence : Self.keys,
      rect: layout.sample, state: state, glyphs: glyphs, isFocused: !isPreview
    ).draw(of: &grid)
    drawSample(of: &grid)
    drawCharts(of: &grid)
  }

  /// Lines of bars that can be scrolled away.
  var mostScroll: Int {
    max(0, (table?.count ?? 0) - (parts.bars.rows - 1))
  }

  /// The token under a cell, as its row.
  func row(atX x: Int, y: Int) -> Int? {
    let rect = parts.tokens
    guard rect.contains(x: x, y: y) else { return nil }
    let strip = strip
    let places = strip.places(columns: rect.columns)
    let first = strip.firstLine(places, count: rect.rows / TokenStrip.lineRows)
    let line = first + (y - rect.y) / TokenStrip.lineRows
    return places.first { $0.line == line && $0.x <= x - rect.x && x - rect.x <= $0.x + $0.columns }?.row
  }

  // MARK: - Border

  private static let keys: KeyValuePairs = [
    "jump-back": "", "jump-forward": "step", "earlier-evaluation": "", "later-evaluation": "evaluation",
    "previous-sample": "", "next-sample": "sample", "close": "list",
  ]
  private static let keysOfSequence: KeyValuePairs = [
    "jump-back": "", "jump-forward": "step", "earlier-evaluation": "", "later-evaluation": "evaluation",
    "previous-token": "", "next-token": "token", "previous-sample": "", "next-sample": "sample",
    "close": "list",
  ]

  private var notes: [FlexibleText] {
    let probe = sample.state.key.probe
    let set = Printable.text(probe.set.map { "set \($0)" } ?? probe.phaseName, glyphs: glyphs)
    let look = SetLooks(state.shown).look(ofSet: SetLooks.set(of: probe), glyphs: glyphs)
    let mark = look.map { [TextRun("\($0.mark) ", $0.style)] } ?? []
    let isBack = state.viewedStep != state.step
    let step = TextRun(
      isBack ? "back at step \(sample.state.step)" : "step \(sample.state.step)", isBack ? .warning : .text,
      bold: true)
    let known = evaluations.count { $0.step <= sample.state.step }
    let evaluation = "evaluation \(known) of \(evaluations.count)"
    return [
      FlexibleText([mark + [TextRun(set)], []]),
      FlexibleText([[step]]), FlexibleText([[TextRun(evaluation, .faint)], []]),
    ] + (isPreview ? [] : [inList]) + [soFar].compactMap(\.self)
  }

  /// Said where files of ranks are missing.
  private var soFar: FlexibleText? {
    state.shown.missingShards[sample.state.step].map {
      FlexibleText([[TextRun("so far, \($0)", .warning)], [TextRun($0, .warning)]])
    }
  }

  private var inList: FlexibleText {
    guard let place else { return FlexibleText([[TextRun("not in the filter", .faint)]]) }
    let short = "\(place.index + 1) of \(place.count)"
    return FlexibleText([[TextRun(short + " in the list", .faint)], [TextRun(short, .faint)], []])
  }

  // MARK: - Sample

  private struct Parts {
    var text: [[TextRun]]
    var tokens: CellRect
    var bars: CellRect
  }

  private var strip: TokenStrip {
    TokenStrip(sample, direction: state.charts.direction, glyphs: glyphs)
  }

  /// Text first, then tokens as far as there is room, then bars.
  private var parts: Parts {
    let inside = layout.sample.inset()
    let columns = max(0, inside.columns - 2)
    let facts = InspectionText(sample: sample, direction: state.charts.direction, glyphs: glyphs)
      .lines(columns: columns)
    let others = OtherRuns(state, key: sample.state.key, glyphs: glyphs).lines(columns: columns)
    let texts = SampleTextLines(
      prompt: sample.measured?.texts?.prompt, completion: sample.completion, glyphs: glyphs
    ).lines(columns: columns, rows: inside.rows >= 30 ? 4 : 2)
    let text = (facts + texts + others).prefix(max(1, inside.rows - leastBars))
    var rest = CellRect(
      x: inside.x + 1, y: inside.y + text.count, columns: columns, rows: inside.rows - text.count)
    var tokens = CellRect(x: rest.x, y: rest.y, columns: columns, rows: 0)
    if sample.state.record.rows > 1 {
      let room = max(0, min(rest.rows - leastBars, max(TokenStrip.lineRows, rest.rows / 2)))
      let lines = min(strip.lines(columns: columns), room / TokenStrip.lineRows)
      tokens.rows = lines * TokenStrip.lineRows
      rest = CellRect(
        x: rest.x, y: rest.y + tokens.rows, columns: columns, rows: rest.rows - tokens.rows)
    }
    return Parts(text: Array(text), tokens: tokens, bars: rest)
  }

  /// Rows that everything else leaves to the bars.
  private var leastBars: Int { isPreview && layout.sample.rows < 16 ? 0 : 5 }

  private func drawSample(of grid: inout CellGrid) {
    let parts = parts
    let inside = layout.sample.inset()
    for (index, line) in parts.text.enumerated() where index < inside.rows {
      grid.write(line, x: inside.x + 1, y: inside.y + index, maxColumns: max(0, inside.columns - 2))
    }
    if parts.tokens.rows > 0 { strip.draw(in: parts.tokens, of: &grid) }
    // What is told of the bars has no room in a narrow preview, or they are there.
    guard !isPreview || parts.bars.rows > 1 else { return }
    guard sample.measuredRow != nil else {
      return PanelFrame.drawMessage("the mask leaves no row of this sample", in: parts.bars, of: &grid)
    }
    guard let table else {
      return PanelFrame.drawMessage(
        "no bars of this sample were kept: of a file only the samples furthest apart are drawn",
        in: parts.bars, of: &grid)
    }
    table.draw(in: parts.bars, of: &grid)
  }

  private var table: ProbabilityTable? {
    guard let row = sample.measuredRow, let picture = sample.picture?.picture else { return nil }
    return ProbabilityTable(
      picture: picture, row: row, classes: sample.names, scroll: isPreview ? 0 : state.samples.scroll,
      showsAll: state.samples.showsAll, glyphs: glyphs)
  }

  // MARK: - History

  private func drawCharts(of grid: inout CellGrid) {
    let direction = state.charts.direction
    let record = sample.state.record
    if !layout.divergence.isEmpty {
      chart(
        "\(direction.name(glyphs: glyphs))", value: record.divergence(direction), unit: "nats", range: nil,
        style: setStyle
      ) { $0.divergence(direction) }
      .draw(in: layout.divergence, of: &grid, glyphs: glyphs)
    }
    if !layout.target.isEmpty {
      chart(
        "target p", value: record.policyTargetProbability, unit: "tuned", range: 0...1, style: Style(.policy)
      ) { $0.policyTargetProbability }
      .draw(in: layout.target, of: &grid, glyphs: glyphs)
    }
    if !layout.margin.isEmpty {
      chart(
        record.isSequence ? "mean margin" : "margin", value: Double(record.policyMargin),
        unit: "nats, near flipping below \(NumberText.short(Margin.near))", range: nil, style: Style(.policy)
      ) { Double($0.policyMargin) }
      .draw(in: layout.margin, of: &grid, glyphs: glyphs)
    }
  }

  private var setStyle: Style {
    SetLooks(state.shown).look(ofSet: SetLooks.set(of: sample.state.key.probe), glyphs: glyphs)?.style
      ?? .series(0)
  }

  private func chart(
    _ title: String, value: Double, unit: String, range: ClosedRange<Double>?, style: Style,
    _ quantity: (SampleRecord) -> Double
  ) -> SampleChart {
    let forgotten = evaluations.filter(\.record.isForgettingEvent).map(\.step)
    let number = TextRun(ValueText.short(value, glyphs: glyphs), Style(style.role, bold: true))
    let legend = [TextRun("   \(glyphs.marks.no)", .error), TextRun(" marks forgetting", .faint)]
    let short = [number, TextRun(" " + unit, .faint)]
    return SampleChart(
      title: title, note: FlexibleText([short + (forgotten.isEmpty ? [] : legend), short, []]),
      points: evaluations.map { ($0.step, quantity($0.record)) }, forgotten: forgotten,
      step: sample.state.step, steps: state.chartSteps, range: range, style: style)
  }
}

/// Where the parts of the page of one sample go; arithmetic only.
struct InspectionLayout {
  /// Text, tokens and bars, with their border.
  var sample: CellRect
  /// Charts over the run; empty where there is no room.
  var divergence = CellRect(x: 0, y: 0, columns: 0, rows: 0)
  var target = CellRect(x: 0, y: 0, columns: 0, rows: 0)
  var margin = CellRect(x: 0, y: 0, columns: 0, rows: 0)

  /// Curves of the right answer.
  enum Target {
    case none, probability, probabilityAndMargin
  }

  /// Bars and charts stand beside each other from this width on.
  private static let twoColumns = 110
  /// Fewer rows are better given to the bars.
  private static let chartFloor = 16
  private static let leastChart = 6
  /// Of three charts below each other, and beside each other.
  private static let leastSideChart = 8
  private static let leastChartColumns = 30

  /// - Parameter target: a second chart, of the probability of the right class, and a third one, of its margin.
  init(body: CellRect, target kinds: Target) {
    let hasTarget = kinds != .none
    guard body.rows >= Self.chartFloor else {
      sample = body
      return
    }
    if body.columns >= Self.twoColumns {
      let side = min(body.columns * 2 / 5, 84)
      sample = CellRect(x: body.x, y: body.y, columns: body.columns - side, rows: body.rows)
      let hasMargin = kinds == .probabilityAndMargin && body.rows >= 3 * Self.leastSideChart
      let count = hasMargin ? 3 : hasTarget ? 2 : 1
      var charts = (0..<count).map { index in
        let (top, bottom) = (body.rows * index / count, body.rows * (index + 1) / count)
        return CellRect(x: sample.maxX, y: body.y + top, columns: side, rows: bottom - top)
      }
      divergence = charts.removeFirst()
      if let second = charts.first { target = second }
      if charts.count > 1 { margin = charts[1] }
      return
    }
    let rows = max(Self.leastChart, body.rows * 3 / 10)
    sample = CellRect(x: body.x, y: body.y, columns: body.columns, rows: body.rows - rows)
    let hasMargin = kinds == .probabilityAndMargin && body.columns >= 3 * Self.leastChartColumns
    let count = hasMargin ? 3 : hasTarget && body.columns >= 60 ? 2 : 1
    let charts = (0..<count).map { index in
      let (left, right) = (body.columns * index / count, body.columns * (index + 1) / count)
      return CellRect(x: body.x + left, y: sample.maxY, columns: right - left, rows: rows)
    }
    divergence = charts[0]
    if count > 1 { target = charts[1] }
    if count > 2 { margin = charts[2] }
  }
}
