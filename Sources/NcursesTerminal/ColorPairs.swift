import CNcurses
import CellCanvas

/// The colour pairs of the current terminal, numbered as they are needed.
struct ColorPairs {
  /// What the terminal can show.
  let depth: ColorDepth
  private let limit: Int
  private let numbering: ColorNumbering
  /// -1 where the terminal keeps its own colours beside ours, otherwise white and black.
  private let defaultForeground: Int32
  private let defaultBackground: Int32
  private var numbers: [Combination: Int16] = [:]

  private struct Combination: Hashable {
    let foreground: Int32
    let background: Int32
  }

  /// Starts colours on the terminal that ncurses was just started on.
  init() {
    let hasColors = has_colors() && start_color() == OK
    let keepsOwn = hasColors && use_default_colors() == OK
    defaultForeground = keepsOwn ? -1 : COLOR_WHITE
    defaultBackground = keepsOwn ? -1 : COLOR_BLACK
    // Pairs are numbered by a short.
    limit = hasColors ? min(Int(kltop_color_pair_count()), Int(Int16.max)) : 0
    let colors = hasColors ? kltop_color_count() : 0
    numbering = ColorNumbering(colors: colors, isDirect: TerminalDescription.hasDirectColors)
    depth = numbering.depth(colors: colors)
  }

  /// The number of a pair; 0, the terminal's own colours, where there is no room for another.
  mutating func number(foreground: Color?, background: Color?) -> Int16 {
    if foreground == nil, background == nil { return 0 }
    let wanted = Combination(
      foreground: foreground.map { numbering.number(of: $0) } ?? defaultForeground,
      background: background.map { numbering.number(of: $0) } ?? defaultBackground)
    if let known = numbers[wanted] { return known }
    let next = numbers.count + 1
    guard next < limit, init_extended_pair(Int32(next), wanted.foreground, wanted.background) == OK else {
      return 0
    }
    numbers[wanted] = Int16(next)
    return Int16(next)
  }
}
