import CNcurses
import CellCanvas

/// The colour pairs of the current terminal, numbered as they are needed.
struct ColorPairs {
  /// What the terminal can show.
  let depth: ColorDepth
  private let limit: Int
  /// -1 where the terminal keeps its own colours beside ours, otherwise white and black.
  private let defaultForeground: Int16
  private let defaultBackground: Int16
  private var numbers: [Combination: Int16] = [:]

  private struct Combination: Hashable {
    let foreground: Int16
    let background: Int16
  }

  /// Starts colours on the terminal that ncurses was just started on.
  init() {
    let hasColors = has_colors() && start_color() == OK
    let keepsOwn = hasColors && use_default_colors() == OK
    defaultForeground = keepsOwn ? -1 : Int16(COLOR_WHITE)
    defaultBackground = keepsOwn ? -1 : Int16(COLOR_BLACK)
    // Pairs are numbered by a short.
    limit = hasColors ? min(Int(kltop_color_pair_count()), Int(Int16.max)) : 0
    depth = !hasColors ? .none : ColorPairs.depth(colors: kltop_color_count())
  }

  private static func depth(colors: Int32) -> ColorDepth {
    if colors >= 256 { return .indexed256 }
    return colors >= 8 ? .eight : .none
  }

  /// The number of a pair; 0, the terminal's own colours, where there is no room for another.
  mutating func number(foreground: UInt8?, background: UInt8?) -> Int16 {
    if foreground == nil, background == nil { return 0 }
    let wanted = Combination(
      foreground: foreground.map { Int16($0) } ?? defaultForeground,
      background: background.map { Int16($0) } ?? defaultBackground)
    if let known = numbers[wanted] { return known }
    let next = numbers.count + 1
    guard next < limit, init_pair(Int16(next), wanted.foreground, wanted.background) == OK else { return 0 }
    numbers[wanted] = Int16(next)
    return Int16(next)
  }
}
