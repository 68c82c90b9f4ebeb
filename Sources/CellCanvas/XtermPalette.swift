/// The colours of xterm's palette that do not differ between terminals: a cube of 6 × 6 × 6 and 24 greys.
package enum XtermPalette {
  private static let levels: [UInt32] = [0, 95, 135, 175, 215, 255]

  /// What stands at 16 to 255; `nil` below, where terminals have colours of their own.
  package static func color(at index: UInt8) -> RGB? {
    guard index >= 16 else { return nil }
    if index >= 232 { return RGB((8 + 10 * UInt32(index - 232)) * 0x01_01_01) }
    let place = Int(index) - 16
    return RGB(levels[place / 36] << 16 | levels[place / 6 % 6] << 8 | levels[place % 6])
  }

  /// The place of the colour that is nearest by the sum of squared differences.
  package static func nearest(to wanted: RGB) -> UInt8 {
    func distance(_ index: UInt8) -> Int {
      guard let color = color(at: index) else { return .max }
      let differences = [
        Int(color.red) - Int(wanted.red), Int(color.green) - Int(wanted.green),
        Int(color.blue) - Int(wanted.blue),
      ]
      return differences.reduce(0) { $0 + $1 * $1 }
    }
    return (16...255).min { distance($0) < distance($1) } ?? 16
  }
}
