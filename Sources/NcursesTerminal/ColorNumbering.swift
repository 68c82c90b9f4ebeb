import CellCanvas

/// The numbers by which a terminal's description knows colours.
struct ColorNumbering {
  /// The bits of red, of green and of blue in a number, the highest of red; `nil` where numbers are places in a palette.
  private let bits: Int?

  /// - Parameters:
  ///   - colors: how many there are.
  ///   - isDirect: numbers are made of red, green and blue.
  init(colors: Int32, isDirect: Bool) {
    switch colors {
    case (1 << 24)... where isDirect: bits = 8
    case TerminalDescription.directColors: bits = TerminalDescription.directBits
    default: bits = nil
    }
  }

  func depth(colors: Int32) -> ColorDepth {
    if bits != nil { return .direct }
    if colors >= 256 { return .indexed256 }
    return colors >= 8 ? .eight : .none
  }

  /// The number of a colour; below 8 it is a colour of a console in every numbering.
  func number(of color: Color) -> Int32 {
    switch color {
    case .indexed(let index):
      if bits != nil, let color = XtermPalette.color(at: index) { return number(of: color) }
      return Int32(index)
    case .direct(let color):
      return bits == nil ? Int32(XtermPalette.nearest(to: color)) : number(of: color)
    }
  }

  private func number(of color: RGB) -> Int32 {
    let bits = bits ?? 0
    let most = (1 << bits) - 1
    let parts = [color.red, color.green, color.blue].map { (Int($0) * most + 127) / 255 }
    let number = parts.reduce(0) { $0 << bits | $1 }
    // The very darkest colours would be taken for those of a console, and the last number is one too many.
    let smallest = 1 << bits
    return Int32(number < 8 ? smallest : min(number, (1 << (3 * bits)) - 2))
  }
}
