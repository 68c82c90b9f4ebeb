import ArgumentParser
import CellCanvas
import NcursesTerminal

/// Forms of a single frame.
enum FrameFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case ansi
  case svg
}

/// A frame that leaves the screen.
struct FrameOutput {
  var theme: Theme
  var glyphs: GlyphSet
  /// Colours of the frame: for text and ANSI those of the output.
  var depth: ColorDepth

  /// The frame in a form; `nil` is text with the colours that the output has.
  func text(_ grid: CellGrid, as format: FrameFormat?, title: String) -> String {
    switch format ?? (depth == .none ? .text : .ansi) {
    case .text: FrameText.plain(grid, isASCII: glyphs.isASCII)
    case .ansi: FrameText.ansi(grid, theme: theme, depth: depth, isASCII: glyphs.isASCII)
    case .svg: FrameSVG.text(grid, theme: theme, title: title, depth: depth)
    }
  }
}

extension ScreenOptions {
  /// The colours of a single frame: a picture has them unless they were declined, escape sequences where they were
  /// asked for.
  func depthOfFrame(environment: [String: String]) -> ColorDepth {
    let depth = ColorDepth.detect(
      environment: environment, isTerminal: TerminalDevice.isTerminal(1), choice: color)
    switch (format, color) {
    case (_, .never), (nil, _), (.text, _): return depth
    case (.ansi, _): return depth == .none ? .indexed256 : depth
    case (.svg, _): return .direct
    }
  }
}
