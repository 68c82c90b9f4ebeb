internal import CellCanvas
internal import RunModel

/// The list of samples as a table, the column it is sorted by marked in the heading.
struct SampleListView {
  private let state: DashboardState
  private let list: SampleList
  private let rect: CellRect
  /// Where the sample under the cursor is shown; `nil` where there is no room.
  private let preview: CellRect?
  private let glyphs: GlyphSet
  /// Names of the classes of each phase and set.
  private let names: [ProbeKey: [String]]

  init(_ state: DashboardState, in body: CellRect, glyphs: GlyphSet) {
    self.state = state
    self.glyphs = glyphs
    list = state.sampleList
    names = state.sampleNames
    let layout = SamplesLayout(body: body, samples: list.states.count)
    rect = layout.list
    preview = layout.preview
    looks = SetLooks(state.shown)
  }

  private let looks: SetLooks

  /// Lines of samples in a body of the page.
  static func rows(in body: CellRect, samples: Int) -> Int {
    max(0, SamplesLayout(body: body, samples: samples).list.rows - 3)
  }

  private var rows: Int { max(0, rect.rows - 3) }

  func draw(of grid: inout CellGrid) {
    let frame = SamplesFrame(
      title: "samples", notes: notes, keys: Self.keys, rect: rect, state: state, glyphs: glyphs)
    frame.draw(of: &grid)
    guard list.total > 0 else {
      return PanelFrame.drawMessage(
        complaint ?? Self.emptyMessage, in: rect.inset(), of: &grid)
    }
    guard let place = list.place else {
      return PanelFrame.drawMessage(
        "no sample fits the filter: / changes it, Esc takes it away", in: rect.inset(), of: &grid)
    }
    let columns = columns
    drawHead(columns, of: &grid)
    let top = list.top(state.samples.top, rows: rows)
    for (line, sample) in list.states.dropFirst(top).prefix(rows).enumerated() {
      drawLine(
        cells(of: sample), columns, y: rect.y + 2 + line, isSelected: top + line == place, of: &grid)
    }
    guard let preview, let selected = list.selected else { return }
    InspectionView(preview: InspectedSample(selected, in: state), of: state, in: preview, glyphs: glyphs)
      .draw(of: &grid)
  }

  /// What a click at a cell is on.
  func target(atX x: Int, y: Int) -> Target? {
    let inside = rect.inset()
    guard inside.contains(x: x, y: y) else { return nil }
    if y == inside.y { return columns.column(atX: x).map { .heading($0) } }
    let index = list.top(state.samples.top, rows: rows) + y - inside.y - 1
    return list.states.indices.contains(index) ? .sample(list.states[index].key) : nil
  }

  enum Target {
    case heading(SampleColumn)
    case sample(SampleKey)
  }

  private static let keys: KeyValuePairs = [
    "sort-next": "sort by next column", "sort-reverse": "reverse", "filter-samples": "filter",
    "open-sample": "open",
  ]

  private static let emptyMessage =
    "no sample with logits of both models yet: log logits and ref_logits with a sample name"

  // MARK: - Border

  private var notes: [FlexibleText] {
    if let complaint {
      return [FlexibleText([[TextRun(complaint, .warning)], [TextRun(short(complaint), .warning)]])]
    }
    var notes = [moment]
    let forgotten = list.states.count { $0.record.forgettingEvents > 0 }
    let count =
      list.states.count == list.total ? "\(list.total)" : "\(list.states.count) of \(list.total)"
    if list.total > 0 {
      notes.insert(
        FlexibleText([
          [TextRun("\(count), \(forgotten) forgotten so far")], [TextRun("\(count), \(forgotten) forgotten")],
          [TextRun(count)], [],
        ]), at: 0)
    }
    if let soFar = LogitsFilesText.soFar(state.shown.logitsFiles) {
      notes.append(FlexibleText([[TextRun(soFar, .warning)], []]))
    }
    if let shards = state.shown.missingShards[state.viewedStep] {
      notes.append(FlexibleText([[TextRun("\(shards) so far", .warning)], [TextRun(shards, .warning)]]))
    }
    if !state.sample.filter.isEmpty {
      let text = Printable.text(state.sample.filter.text, glyphs: glyphs)
      notes.append(
        FlexibleText([
          [TextRun("filter ", .note), TextRun(text, .note, bold: true)], [TextRun("filter", .note)], [],
        ]))
    }
    return notes
  }

  /// What was asked for in vain.
  private var complaint: String? {
    state.requestComplaint.map { Printable.text($0, glyphs: glyphs) }
  }

  private func short(_ complaint: String) -> String {
    String(complaint.prefix { $0 != ":" })
  }

  /// Which step the list is about.
  private var moment: FlexibleText {
    let step = "\(state.viewedStep)"
    guard state.viewedStep != state.step else {
      return FlexibleText([[TextRun("at step \(step)", .faint)], []])
    }
    return FlexibleText([
      [TextRun("as it was at step \(step)", .warning)], [TextRun("at step \(step)", .warning)], [],
    ])
  }

  // MARK: - Table

  private var namesPhase: Bool { Set(names.keys.map(\.phase)).count > 1 }

  private func cells(of sample: SampleState) -> SampleCells {
    SampleCells(
      state: sample, names: names[sample.key.probe] ?? [], direction: state.charts.direction,
      namesPhase: namesPhase, look: looks.look(ofSet: SetLooks.set(of: sample.key.probe), glyphs: glyphs),
      glyphs: glyphs)
  }

  /// Room for `20.4`, `−0.123`, `0.98 → 0.02`.
  private static let widths: [SampleColumn: Int] = [.divergence: 6, .change: 6, .target: 11, .margin: 6]
  private static let least: [SampleColumn: Int] = [.sample: 8, .set: 5, .top: 9]
  private static let mostName = 40
  private static let mostSet = 20
  private static let mostClass = 12

  private var columns: SampleColumns {
    var wanted = Self.widths
    let isWide = rect.columns >= 120
    for column in SampleColumn.allCases {
      // And the arrow of the order.
      wanted[column] = max(wanted[column] ?? 0, DisplayWidth.of(title(column, isLong: isWide)) + 1)
    }
    let longest = list.states.lazy.map { DisplayWidth.of($0.key.name.label) }.max() ?? 0
    wanted[.sample] = max(wanted[.sample] ?? 0, min(Self.mostName, longest))
    let sets = names.keys.map { DisplayWidth.of(namesPhase ? $0.label : $0.set ?? $0.phaseName) }.max() ?? 0
    // And the set's mark.
    wanted[.set] = max(wanted[.set] ?? 0, min(Self.mostSet, sets + 2))
    wanted[.top] = max(wanted[.top] ?? 0, topColumns)
    // Counts in words where everything else has its room too.
    let inWords = wanted.merging([.top: sequenceColumns + wordsOfSequence], uniquingKeysWith: max)
    let roomy = SampleColumns(
      in: rect.inset(), wanted: inWords, least: [:], sorted: state.sample.order.column)
    if sequenceColumns > 0, roomy.lanes.count == SampleColumn.allCases.count { return roomy }
    var least = Self.least
    least[.top] = max(Self.least[.top] ?? 0, sequenceColumns)
    return SampleColumns(in: rect.inset(), wanted: wanted, least: least, sorted: state.sample.order.column)
  }

  /// Room for the names of two classes, or for the counts of a sequence.
  private var topColumns: Int {
    let longest = names.values.map { $0.prefix(1000).lazy.map { DisplayWidth.of($0) }.max() ?? 6 }.max() ?? 6
    return max(sequenceColumns, 2 * min(Self.mostClass, longest) + 5)
  }

  private var longestSequence: UInt32 { list.states.lazy.map(\.record.rows).max() ?? 0 }

  /// Room for `100 → 100 % ✗`; 0 where there is no sequence.
  private var sequenceColumns: Int { longestSequence > 1 ? 14 : 0 }

  /// Room for `37 of 48 differ` behind it.
  private var wordsOfSequence: Int { 2 * "\(longestSequence)".count + 14 }

  private var areSequences: Bool { list.states.allSatisfy { $0.record.isSequence && $0.record.targets > 0 } }

  private func title(_ column: SampleColumn, isLong: Bool) -> String {
    if column == .top, areSequences {
      return isLong ? "tokens right, base \(glyphs.marks.right) tuned" : "right"
    }
    return isLong ? column.longTitle(glyphs: glyphs) : column.title(glyphs: glyphs)
  }

  private func drawHead(_ columns: SampleColumns, of grid: inout CellGrid) {
    let order = state.sample.order
    for lane in columns.lanes {
      let isSorted = lane.column == order.column
      let long = title(lane.column, isLong: true)
      let text = DisplayWidth.of(long) + 1 <= lane.columns ? long : title(lane.column, isLong: false)
      let arrow = order.isRising ? glyphs.marks.up : glyphs.marks.down
      let runs = isSorted ? "\(text)\(arrow)" : text
      let style = isSorted ? Style(.title, bold: true) : Style.faint
      grid.write(
        DisplayWidth.pad(runs, to: lane.columns, alignment: lane.column.alignment), x: lane.x, y: rect.y + 1,
        style: style, maxColumns: lane.columns)
    }
  }

  private func drawLine(
    _ cells: SampleCells, _ columns: SampleColumns, y: Int, isSelected: Bool, of grid: inout CellGrid
  ) {
    let inside = rect.inset()
    for lane in columns.lanes {
      let runs = cells.runs(lane.column, columns: lane.columns)
      let x = lane.column.alignment == .right ? lane.x + max(0, lane.columns - runs.columns) : lane.x
      grid.write(runs, x: x, y: y, maxColumns: lane.columns)
    }
    guard isSelected else { return }
    grid.set(x: inside.x, y: y, Cell(glyph: glyphs.marks.playing, style: Style(.selection, bold: true)))
    grid.restyle(CellRect(x: inside.x, y: y, columns: inside.columns, rows: 1)) {
      Style(.selection, bold: $0.bold)
    }
  }
}

/// Where the columns of the list stand; arithmetic only.
struct SampleColumns {
  struct Lane: Hashable {
    var column: SampleColumn
    var x: Int
    var columns: Int
  }

  private(set) var lanes: [Lane] = []

  /// Columns between two lanes: two where there is room.
  private let gap: Int
  /// Column of the cursor's mark and a blank.
  static let margin = 2
  /// What goes first where there is no room for all.
  private static let expendable: [SampleColumn] = [
    .set, .change, .flips, .margin, .target, .forgettingEvents, .top,
  ]

  /// - Parameters:
  ///   - wanted: columns that each column would like to have.
  ///   - least: columns that one that can be cut needs.
  ///   - sorted: the column of the order, which is what one looks at.
  init(
    in rect: CellRect, wanted: [SampleColumn: Int], least: [SampleColumn: Int], sorted: SampleColumn? = nil
  ) {
    var shown = SampleColumn.allCases
    var widths = wanted
    let room = rect.columns - Self.margin
    let sum = wanted.values.reduce(0, +)
    gap = sum + 2 * (shown.count - 1) <= room ? 2 : 1
    let gap = gap
    func missing() -> Int {
      shown.reduce(0) { $0 + (widths[$1] ?? 0) } + gap * (shown.count - 1) - room
    }
    var expendable = Self.expendable.filter { $0 != sorted }[...]
    while missing() > 0 {
      let cuttable = shown.filter { (widths[$0] ?? 0) > (least[$0] ?? .max) }
      if let widest = cuttable.max(by: { (widths[$0] ?? 0) < (widths[$1] ?? 0) }) {
        widths[widest, default: 1] -= 1
      } else if let column = expendable.popFirst() {
        shown.removeAll { $0 == column }
        for column in least.keys { widths[column] = wanted[column] }
      } else {
        break
      }
    }
    var x = rect.x + Self.margin
    for column in shown {
      let wanted = widths[column] ?? 0
      let columns = max(0, min(wanted, rect.maxX - x))
      // A number without its end is another number.
      guard columns == wanted || least[column] != nil else { continue }
      if columns > 0 { lanes.append(Lane(column: column, x: x, columns: columns)) }
      x += columns + gap
    }
  }

  /// The column whose heading or cells stand at `x`.
  func column(atX x: Int) -> SampleColumn? {
    lanes.first { $0.x <= x && x < $0.x + $0.columns + gap }?.column
  }
}
