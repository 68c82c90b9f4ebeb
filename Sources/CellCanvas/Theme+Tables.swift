/// The hues are those of Okabe and Ito (https://jfly.uni-koeln.de/color), shifted until text is readable (a contrast of
/// 4.5 at least, WCAG 2.2, 1.4.3) and readers who see two of the three primaries tell curves apart: the policy is
/// orange, the reference blue, and curves differ in lightness too. The first four curves have neither of the models' colours.
extension Theme {
  /// For terminals with a dark background.
  package static let dark = Theme(
    name: "dark", background: 0x16181D, foreground: 0xE4E6EB,
    rows: [
      Row(.faint, 0xA0A4AB, eight: Appearance(dim: true)),
      Row(.border, 0x6F7480, eight: Appearance(dim: true)),
      Row(.focusedBorder, 0xD5D8DE, bold: true, eight: Appearance(.white, bold: true)),
      Row(.title, 0xD5D8DE, bold: true, eight: Appearance(.white, bold: true)),
      Row(.key, 0x7CC5F0, bold: true, eight: Appearance(.cyan, bold: true)),
      Row(.header, 0xF0F2F5, eight: Appearance(.white)),
      Row(.policy, 0xFFAF00, eight: Appearance(.yellow)),
      Row(.reference, 0x56B4E9, eight: Appearance(.cyan)),
      Row(.good, 0x4FD1A5, eight: Appearance(.green)),
      Row(.note, 0x7CC5F0, eight: Appearance(.cyan)),
      Row(.warning, 0xF0E442, bold: true, eight: Appearance(.yellow, bold: true)),
      Row(.error, 0xFFFFFF, on: 0xC2001D, bold: true, eight: Appearance(.white, on: .red, bold: true)),
      Row(.target, 0xFFF2A8, bold: true, eight: Appearance(.white, bold: true)),
      Row(.selection, 0xFFFFFF, on: 0x005F87, bold: true, eight: Appearance(reversed: true)),
      Row(.series1, 0x00FFAF, eight: Appearance(.green)),
      Row(.series2, 0xD75FFF, eight: Appearance(.magenta)),
      Row(.series3, 0xFFFF5F, eight: Appearance(.white)),
      Row(.series4, 0xFF5F5F, eight: Appearance(.red, bold: true)),
      Row(.series5, 0x56B4E9, eight: Appearance(.cyan)),
      Row(.series6, 0xFFAF00, eight: Appearance(.yellow)),
    ])

  /// For terminals with a light background.
  package static let light = Theme(
    name: "light", background: 0xFFFFFF, foreground: 0x1B1D21,
    rows: [
      Row(.faint, 0x62666E, eight: Appearance(dim: true)),
      Row(.border, 0x8A8F99, eight: Appearance(dim: true)),
      Row(.focusedBorder, 0x1B1D21, bold: true, eight: Appearance(.black, bold: true)),
      Row(.title, 0x1B1D21, bold: true, eight: Appearance(.black, bold: true)),
      Row(.key, 0x005F87, bold: true, eight: Appearance(.blue, bold: true)),
      Row(.header, 0x1B1D21, eight: Appearance(.black)),
      Row(.policy, 0xAF5F00, eight: Appearance(.red)),
      Row(.reference, 0x005FAF, eight: Appearance(.blue)),
      Row(.good, 0x006B54, eight: Appearance(.green)),
      Row(.note, 0x005F87, eight: Appearance(.blue)),
      Row(.warning, 0x8A3B00, bold: true, eight: Appearance(.red, bold: true)),
      Row(.error, 0xFFFFFF, on: 0xB0001A, bold: true, eight: Appearance(.white, on: .red, bold: true)),
      Row(.target, 0x5A2A00, bold: true, eight: Appearance(.black, bold: true)),
      Row(.selection, 0xFFFFFF, on: 0x005F87, bold: true, eight: Appearance(reversed: true)),
      Row(.series1, 0x005F5F, eight: Appearance(.green)),
      Row(.series2, 0xAF00AF, eight: Appearance(.magenta)),
      Row(.series3, 0x5F5F00, eight: Appearance(.black)),
      Row(.series4, 0x870000, eight: Appearance(.red, bold: true)),
      Row(.series5, 0x005FAF, eight: Appearance(.blue)),
      Row(.series6, 0xAF5F00, eight: Appearance(.red)),
    ])

  /// A contrast of 7 at least (WCAG 2.2, 1.4.6), on a black of its own.
  package static let highContrast = Theme(
    name: "high-contrast", background: 0x000000, foreground: 0xFFFFFF, paintsBackground: true,
    rows: [
      Row(.faint, 0xD0D0D0, eight: Appearance(.white)),
      Row(.border, 0xC0C0C0, eight: Appearance(.white)),
      Row(.focusedBorder, 0xFFFF00, bold: true, eight: Appearance(.yellow, bold: true)),
      Row(.title, 0xFFFFFF, bold: true, eight: Appearance(.white, bold: true)),
      Row(.key, 0x87D7FF, bold: true, eight: Appearance(.cyan, bold: true)),
      Row(.header, 0xFFFFFF, eight: Appearance(.white)),
      Row(.policy, 0xFFAF00, bold: true, eight: Appearance(.yellow, bold: true)),
      Row(.reference, 0x87D7FF, eight: Appearance(.cyan, bold: true)),
      Row(.good, 0x5FFFAF, eight: Appearance(.green, bold: true)),
      Row(.note, 0x87D7FF, eight: Appearance(.cyan, bold: true)),
      Row(.warning, 0xFFFF00, bold: true, eight: Appearance(.yellow, bold: true)),
      Row(.error, 0x000000, on: 0xFF8A80, bold: true, eight: Appearance(.white, on: .red, bold: true)),
      Row(.target, 0xFFFFAF, bold: true, eight: Appearance(.white, bold: true, underlined: true)),
      Row(.selection, 0x000000, on: 0xFFFF00, bold: true, eight: Appearance(.black, on: .yellow)),
      Row(.series1, 0x00AF87, eight: Appearance(.green)),
      Row(.series2, 0xFF5FFF, eight: Appearance(.magenta, bold: true)),
      Row(.series3, 0xFFFF5F, eight: Appearance(.white, bold: true)),
      Row(.series4, 0xFF5F5F, eight: Appearance(.red, bold: true)),
      Row(.series5, 0x87D7FF, eight: Appearance(.cyan, bold: true)),
      Row(.series6, 0xFFAF00, eight: Appearance(.yellow)),
    ])
}
