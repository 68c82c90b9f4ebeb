internal import CellCanvas
internal import RunFeed
internal import RunModel

/// What the chosen runs were configured with, a column for each run; of several runs the keys in which they differ.
struct ConfigurationPane {
  private let keys: [String]
  private let total: Int
  private let isDiff: Bool
  /// Indices of the runs, and what each key is there.
  private let runs: [(index: Int, name: String, values: [String: String])]
  /// Where each key of the first run is said.
  private let sources: [String: String]
  /// Every source of any run, sorted.
  private let allSources: [String]
  private let glyphs: GlyphSet

  /// More columns cannot be read.
  private static let mostRuns = 6
  /// Of one run each key says where it is from, where there is room for that.
  private static let leastForSources = 70
  private static let sourceColumns = 24

  init(_ state: DashboardState, showsAll: Bool, glyphs: GlyphSet) {
    self.glyphs = glyphs
    let runs = state.runs.visible.prefix(Self.mostRuns).compactMap { index in
      state.runs[index].map { watched in
        let entries = watched.shown.configuration.map { ($0.key, $0.value) }
        return (
          index: index, name: watched.shown.displayName,
          values: Dictionary(entries, uniquingKeysWith: { first, _ in first })
        )
      }
    }
    self.runs = runs
    let entries = state.runs.visible.prefix(Self.mostRuns).map { state.runs[$0]?.shown.configuration ?? [] }
    sources = Dictionary(
      (entries.first ?? []).map { ($0.key, $0.source) }, uniquingKeysWith: { first, _ in first })
    allSources = Set(entries.joined().map(\.source)).sorted()
    let all = Set(runs.flatMap(\.values.keys)).sorted()
    total = all.count
    isDiff = runs.count > 1 && !showsAll
    keys = isDiff ? all.filter { key in Set(runs.map { $0.values[key] }).count > 1 } : all
  }

  var count: Int { keys.count }

  func draw(in rect: CellRect, scroll: Int, of grid: inout CellGrid) {
    grid.box(rect, title: "configuration", style: Style(.border), titleStyle: Style(.title), glyphs: glyphs)
    let inside = rect.inset()
    let first = min(scroll, max(0, keys.count - max(0, inside.rows - 1)))
    PanelFrame.drawInBorder(
      [about] + more(first, inside.rows - 1), in: rect, from: PanelFrame.titleEnd("configuration", in: rect),
      of: &grid)
    guard inside.rows > 0, inside.columns > 20 else { return }
    guard total > 0 else { return PanelFrame.drawMessage(Self.emptyMessage, in: inside, of: &grid) }
    guard !keys.isEmpty else {
      return PanelFrame.drawMessage(
        "no key differs between these runs; c shows all \(total)", in: inside, of: &grid)
    }
    let shown = keys.dropFirst(first).prefix(max(0, inside.rows - 1))
    let longest = shown.map { DisplayWidth.of(Printable.text($0, glyphs: glyphs)) }.max() ?? 0
    let keyColumns = min(max(8, longest), inside.columns * 2 / 5)
    let sourceColumns = runs.count == 1 && inside.columns >= Self.leastForSources ? Self.sourceColumns : 0
    let width = max(1, (inside.columns - keyColumns - 2 - sourceColumns) / max(1, runs.count) - 2)
    func x(_ place: Int) -> Int { inside.x + keyColumns + 3 + place * (width + 2) }
    grid.write("key", x: inside.x + 1, y: inside.y, style: .faint, maxColumns: keyColumns)
    for (place, run) in runs.enumerated() {
      let look = CurveLook(run.index, glyphs: glyphs)
      let name = cut(run.name, to: width - 2)
      grid.write(
        [TextRun("\(look.mark) ", look.style), TextRun(name, .text, bold: true)], x: x(place), y: inside.y,
        maxColumns: width)
    }
    let sourceX = inside.maxX - sourceColumns
    if sourceColumns > 0 {
      grid.write("said by", x: sourceX, y: inside.y, style: .faint, maxColumns: sourceColumns)
    }
    for (line, key) in shown.enumerated() {
      let y = inside.y + 1 + line
      if sourceColumns > 0, let source = sources[key] {
        grid.write(
          cut(source, to: sourceColumns - 1), x: sourceX, y: y, style: .faint, maxColumns: sourceColumns)
      }
      let name = DisplayWidth.truncateMiddle(
        Printable.text(key, glyphs: glyphs), to: keyColumns, ellipsis: glyphs.marks.ellipsis)
      grid.write(name, x: inside.x + 1, y: y, style: .faint, maxColumns: keyColumns)
      for (place, run) in runs.enumerated() {
        let value = run.values[key]
        let differs = runs.count > 1 && value != runs[0].values[key]
        grid.write(
          value.map { cut($0, to: width) } ?? ValueText.absent(glyphs), x: x(place), y: y,
          style: value == nil ? .faint : Style(differs ? .warning : .text), maxColumns: width)
      }
    }
  }

  private static let emptyMessage =
    "no configuration: it is taken from the run record, .wandb logs, adapter_config.json, hparams.yaml, config.yaml and mlflow's params"

  private var about: FlexibleText {
    let text =
      runs.count < 2
      ? "\(total) keys" : isDiff ? "\(keys.count) of \(total) keys differ" : "all \(total) keys"
    let sources = allSources.isEmpty ? "" : ", of " + allSources.joined(separator: ", ")
    return FlexibleText([
      [TextRun(text + Printable.text(sources, glyphs: glyphs), .faint)], [TextRun(text, .faint)],
    ])
  }

  private func more(_ first: Int, _ rows: Int) -> [FlexibleText] {
    let below = keys.count - first - max(0, rows)
    return below > 0 || first > 0
      ? [FlexibleText([[TextRun("\(max(0, below)) more: J K", .note)], []])] : []
  }

  private func cut(_ text: String, to columns: Int) -> String {
    DisplayWidth.truncate(
      Printable.text(text, glyphs: glyphs), to: max(1, columns), ellipsis: glyphs.marks.ellipsis)
  }
}
