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
      if bits == 8, let color = XtermPalette.color(at: index) { return number(of: color, bits: 8) }
      return Int32(index)
    case .direct(let color):
      guard let bits else { return Int32(XtermPalette.nearest(to: color)) }
      return number(of: color, bits: bits)
    }
  }

  private func number(of color: RGB, bits: Int) -> Int32 {
    let most = (1 << bits) - 1
    let parts = [color.red, color.green, color.blue].map { (Int($0) * most + 127) / 255 }
    let number = parts.reduce(0) { $0 << bits | $1 }
    // The very darkest colours would be taken for those of a console.
    if bits == 8 { return Int32(number < 8 ? 0x01_00_00 : number) }
    // A place in the palette is shorter to write, and exact where the colour is there.
    let place = XtermPalette.nearest(to: color)
    let isPlace = number < TerminalDescription.paletteColors || XtermPalette.color(at: place) == color
    // The last number is one too many.
    return isPlace ? Int32(place) : min(Int32(number), TerminalDescription.directColors - 1)
  }
}
