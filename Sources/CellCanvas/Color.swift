/// A colour by its parts in sRGB.
package struct RGB: Sendable, Hashable {
  package var red: UInt8
  package var green: UInt8
  package var blue: UInt8

  /// The colour that style sheets write as `#RRGGBB`.
  package init(_ hexadecimal: UInt32) {
    red = UInt8(truncatingIfNeeded: hexadecimal >> 16)
    green = UInt8(truncatingIfNeeded: hexadecimal >> 8)
    blue = UInt8(truncatingIfNeeded: hexadecimal)
  }

  package var hexadecimal: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

  /// This colour with a share of another, 0 to 1, in it.
  func mixed(with other: RGB, share: Double) -> RGB {
    func mix(_ own: UInt8, _ foreign: UInt8) -> UInt32 {
      UInt32((Double(own) * (1 - share) + Double(foreign) * share).rounded())
    }
    return RGB(mix(red, other.red) << 16 | mix(green, other.green) << 8 | mix(blue, other.blue))
  }
}

/// A colour as an output is told.
package enum Color: Sendable, Hashable {
  /// A place in the palette: below 8 a colour of a console, from 16 on one of xterm's 256.
  case indexed(UInt8)
  case direct(RGB)
}

extension Color {
  static let black = Color.indexed(0)
  static let red = Color.indexed(1)
  static let green = Color.indexed(2)
  static let yellow = Color.indexed(3)
  static let blue = Color.indexed(4)
  static let magenta = Color.indexed(5)
  static let cyan = Color.indexed(6)
  static let white = Color.indexed(7)
}
