extension Theme {
  /// For terminals with a dark background.
  ///
  /// Hues are those of Okabe and Ito (https://jfly.uni-koeln.de/color), which colour-blind readers tell apart: the policy
  /// is orange, the reference blue; colours of curves also differ in lightness.
  package static let dark = Theme(
    name: "dark",
    rows: [
      Row(.text, .plain, .plain, .plain),
      Row(.faint, Appearance(245), Appearance(dim: true), Appearance(dim: true)),
      Row(.border, Appearance(240), Appearance(dim: true), Appearance(dim: true)),
      Row(.focusedBorder, Appearance(252, bold: true), Appearance(7, bold: true), Appearance(bold: true)),
      Row(.title, Appearance(252, bold: true), Appearance(7, bold: true), Appearance(bold: true)),
      Row(.key, Appearance(117, bold: true), Appearance(6, bold: true), Appearance(bold: true)),
      Row(
        .header, Appearance(255, on: 236), Appearance(7, on: 4, bold: true), Appearance(reversed: true)),
      Row(.policy, Appearance(214), Appearance(3), Appearance(bold: true)),
      Row(.reference, Appearance(75), Appearance(6), .plain),
      Row(.good, Appearance(79), Appearance(2), .plain),
      Row(.note, Appearance(117), Appearance(6), .plain),
      Row(.warning, Appearance(221, bold: true), Appearance(3, bold: true), Appearance(bold: true)),
      Row(
        .error, Appearance(231, on: 160, bold: true), Appearance(7, on: 1, bold: true),
        Appearance(bold: true, reversed: true)),
      Row(
        .target, Appearance(229, bold: true), Appearance(7, bold: true),
        Appearance(bold: true, underlined: true)),
      Row(
        .selection, Appearance(231, on: 24, bold: true), Appearance(reversed: true),
        Appearance(reversed: true)
      ),
      Row(.series1, Appearance(81), Appearance(6), .plain),
      Row(.series2, Appearance(214), Appearance(3), Appearance(bold: true)),
      Row(.series3, Appearance(36), Appearance(2), Appearance(dim: true)),
      Row(.series4, Appearance(175), Appearance(5), .plain),
      Row(.series5, Appearance(227), Appearance(7), Appearance(bold: true)),
      Row(.series6, Appearance(203), Appearance(1, bold: true), Appearance(dim: true)),
    ])
}
