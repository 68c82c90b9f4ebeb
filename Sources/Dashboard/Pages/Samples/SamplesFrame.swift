internal import CellCanvas

/// The border of the page of samples: what it shows above, the keys one needs below.
struct SamplesFrame {
  var title: String
  var notes: [FlexibleText]
  /// Actions, the most needed first: their names in the key table, and what they do here in a word;
  /// where it is empty, what the next one does.
  var keys: KeyValuePairs<String, String>
  var rect: CellRect
  var state: DashboardState
  var glyphs: GlyphSet
  var isFocused = true

  func draw(of grid: inout CellGrid) {
    grid.box(
      rect, title: title, style: Style(isFocused ? .focusedBorder : .border),
      titleStyle: Style(.title, bold: isFocused), glyphs: glyphs)
    let name = Printable.text(title, glyphs: glyphs)
    PanelFrame.drawInBorder(notes, in: rect, from: rect.x + 1 + DisplayWidth.of(name) + 2, of: &grid)
    guard rect.rows >= 3 else { return }
    var x = rect.x + 2
    for hint in hints where x + hint.columns + 2 < rect.maxX - 1 {
      grid.write([TextRun(" ")] + hint + [TextRun(" ")], x: x, y: rect.maxY - 1, maxColumns: hint.columns + 2)
      x += hint.columns + 3
    }
  }

  /// `s sort`, `< > token`, with the keys as the key table has them.
  private var hints: [[TextRun]] {
    let available = state.keys.available(on: state.page, inReplay: state.isReplay)
    var hints: [[TextRun]] = []
    var before: [TextRun] = []
    for (name, word) in keys {
      guard let key = available.first(where: { $0.name == name })?.keys.first else { continue }
      before += [TextRun(key.label, .key, bold: true), TextRun(" ")]
      guard !word.isEmpty else { continue }
      hints.append(before + [TextRun(word, .faint)])
      before = []
    }
    return hints
  }
}
