import ArgumentParser
import CellCanvas

/// Forms of a single frame.
enum FrameFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case ansi
  case svg

  /// A frame in this form.
  func text(_ grid: CellGrid, theme: Theme, glyphs: GlyphSet, depth: ColorDepth, title: String) -> String {
    switch self {
    case .text: FrameText.plain(grid, isASCII: glyphs.isASCII)
    case .ansi: FrameText.ansi(grid, theme: theme, depth: depth, isASCII: glyphs.isASCII)
    case .svg: FrameSVG.text(grid, theme: theme, title: title, depth: depth)
    }
  }
}
