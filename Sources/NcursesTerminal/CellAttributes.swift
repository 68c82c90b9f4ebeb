import CNcurses
import CellCanvas

/// What ncurses is told for each style, remembered for one theme.
struct CellAttributes {
  struct Rendition {
    let attributes: attr_t
    let pair: Int16
  }

  let theme: Theme
  let depth: ColorDepth
  private var known: [Style: Rendition] = [:]

  init(theme: Theme, depth: ColorDepth) {
    self.theme = theme
    self.depth = depth
  }

  mutating func rendition(of style: Style, pairs: inout ColorPairs) -> Rendition {
    if let rendition = known[style] { return rendition }
    let look = theme.appearance(of: style, depth: depth)
    let rendition = Rendition(
      attributes: kltop_attributes(look.bold, look.dim, look.underlined, look.reversed),
      pair: pairs.number(foreground: look.foreground, background: look.background))
    known[style] = rendition
    return rendition
  }
}
