import ArgumentParser
import CellCanvas
import Dashboard

/// What every command with a screen takes.
struct ScreenOptions: ParsableArguments {
  @Flag(help: "Load everything that is there, print one frame and exit.")
  var once = false

  @Option(
    help: ArgumentHelp(
      "Form of that frame; ansi is text with colours. By default text, with colours in a terminal.",
      valueName: "form"))
  var format: FrameFormat?

  @Option(
    help: ArgumentHelp(
      "Columns and rows of that frame, for example 120x36; by default those of the terminal.",
      valueName: "columnsxrows"))
  var size: FrameSize?

  @Option(help: ArgumentHelp("Begin with a page, or with one panel alone.", valueName: "name"))
  var view: ScreenView?

  @Option(help: ArgumentHelp("Use colours; auto is where the terminal has them.", valueName: "when"))
  var color: ColorChoice?

  @Option(
    help: ArgumentHelp(
      "Colours to use; auto is dark, or light where the terminal says that it is.", valueName: "name"))
  var theme: ThemeChoice?

  @Option(
    help: ArgumentHelp("Glyphs to draw with; auto is braille where the locale is UTF-8.", valueName: "set"))
  var glyphs: GlyphChoice?

  @Option(help: ArgumentHelp("Smooth curves: the weight of the past, 0 to 0.99.", valueName: "weight"))
  var smoothing: Double?

  func validate() throws {
    if let smoothing, !(0...0.99).contains(smoothing) {
      throw ValidationError("--smoothing must be from 0 to 0.99.")
    }
    if format != nil, !once { throw ValidationError("--format is the form of a single frame: add --once.") }
  }
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

extension ScreenView: ExpressibleByArgument {
  public init?(argument: String) { self.init(name: argument) }

  public static var allValueStrings: [String] { allCases.map(\.name) }
}

extension ColorChoice: ExpressibleByArgument {}
extension ThemeChoice: ExpressibleByArgument {}
extension GlyphChoice: ExpressibleByArgument {}
