internal import CellCanvas
internal import RunFeed
internal import RunModel

/// The end of what the training printed, where that lies beside its log.
enum ConsolePage {
  static func draw(_ state: DashboardState, in body: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    let glyphs = context.glyphs
    grid.box(
      body, title: "console", style: Style(.focusedBorder), titleStyle: Style(.title, bold: true),
      glyphs: glyphs)
    let inside = body.inset()
    guard let console = state.run.surroundings.console else {
      return PanelFrame.drawMessage(
        "no output of this training is known: it is read from console.log, output.log, nohup.out or slurm-*.out beside the log",
        in: inside, of: &grid)
    }
    let rows = inside.rows
    let lines = wrapped(console.lines, columns: max(1, inside.columns - 2), glyphs: glyphs)
    let most = max(0, lines.count - rows)
    let back = min(state.console.back, most)
    let first = max(0, lines.count - rows - back)
    let path = Printable.text(console.path, glyphs: glyphs)
    let place = back == 0 ? "the end" : "\(back) lines above the end"
    PanelFrame.drawInBorder(
      [
        FlexibleText([[TextRun(path, .faint)], [TextRun(name(path), .faint)]]),
        FlexibleText([[TextRun(place, back == 0 ? .faint : .warning)], []]),
      ], in: body, from: PanelFrame.titleEnd("console", in: body), of: &grid)
    for (index, line) in lines[first...].prefix(rows).enumerated() {
      grid.write(
        line.text, x: inside.x + 1, y: inside.y + index, style: Style(line.role),
        maxColumns: inside.columns - 1)
    }
  }

  private struct Line {
    var text: String
    var role: StyleRole
  }

  private static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Lines that are longer than the page go on below; what looks like an error stands out.
  private static func wrapped(_ lines: [String], columns: Int, glyphs: GlyphSet) -> [Line] {
    lines.flatMap { line -> [Line] in
      let role = role(line)
      var rest = Printable.text(line.replacing("\t", with: "    "), glyphs: glyphs)[...]
      var parts: [Line] = []
      repeat {
        var width = 0
        let part = rest.prefix { character in
          width += DisplayWidth.of(String(character))
          return width <= columns
        }
        parts.append(Line(text: String(part), role: role))
        rest = rest.dropFirst(max(1, part.count))
      } while !rest.isEmpty
      return parts
    }
  }

  private static func role(_ line: String) -> StyleRole {
    if errors.contains(where: { line.contains($0) }) { return .error }
    return line.contains("Warning") || line.contains("WARNING") ? .warning : .text
  }

  private static let errors = [
    "Traceback (most", "Error:", "ERROR", "CUDA out of memory", "Killed", "slurmstepd: error",
  ]

  /// Lines that lie above what the page has room for.
  static func mostBack(_ state: DashboardState, in body: CellRect) -> Int {
    guard let console = state.run.surroundings.console else { return 0 }
    let inside = body.inset()
    let lines = wrapped(console.lines, columns: max(1, inside.columns - 2), glyphs: .braille)
    return max(0, lines.count - inside.rows)
  }
}

extension PageView {
  static let console = PageView(
    draw: { ConsolePage.draw($0, in: $1, of: &$2, context: $3) },
    scroll: { state, lines in state.console.back = max(0, state.console.back - lines) },
    close: { state in
      guard state.console.back > 0 else { return false }
      state.console.back = 0
      return true
    },
    click: { state, event, _ in
      switch event.kind {
      case .wheelUp: state.console.back += 3
      case .wheelDown: state.console.back = max(0, state.console.back - 3)
      case .press, .release, .doubleClick: break
      }
    },
    limitScroll: { state, body in
      guard state.console.back > 0 else { return }
      state.console.back = min(state.console.back, ConsolePage.mostBack(state, in: body))
    })
}
