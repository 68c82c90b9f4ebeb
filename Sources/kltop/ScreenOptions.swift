import ArgumentParser
import CellCanvas
import Dashboard

/// What every command with a screen takes.
struct ScreenOptions: ParsableArguments {
  @Flag(help: "Load everything that is there, print one frame and exit.")
  var once = false

  @Option(
    help: """
      Form of that frame: text, ansi (text with colours) or svg (a picture). By default text, with colours in a \
      terminal.
      """)
  var format: FrameFormat?

  @Option(help: ArgumentHelp("Size of that frame, for example 120x36.", valueName: "size"))
  var size: FrameSize?

  @Option(
    help: ArgumentHelp(
      "Panel to maximise: \(Panel.allCases.map(\.title).joined(separator: ", ")).", valueName: "panel"))
  var view: Panel?

  @Option(help: "Use colours: auto, always or never.")
  var color = ColorChoice.auto

  @Option(help: "Colours for a dark or a light background, or of high contrast, or none.")
  var theme = ThemeChoice.auto

  @Option(help: "Glyphs to draw with: auto, braille, block or ascii.")
  var glyphs = GlyphChoice.auto
}

/// Columns and rows as a user writes them.
struct FrameSize: ExpressibleByArgument {
  var size: CellSize

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let columns = Int(parts[0]), let rows = Int(parts[1]),
      (1...2000).contains(columns),
      (1...2000).contains(rows)
    else { return nil }
    size = CellSize(columns: columns, rows: rows)
  }
}

enum GlyphChoice: String, ExpressibleByArgument, CaseIterable {
  case auto
  case braille
  case block
  case ascii
}

extension Panel: ExpressibleByArgument {}
extension ColorChoice: ExpressibleByArgument {}
extension ThemeChoice: ExpressibleByArgument {}
