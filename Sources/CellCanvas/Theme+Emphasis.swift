extension Theme {
  /// What stands out without colour, the same in every theme.
  static let emphasis: [StyleRole: Appearance] = [
    .faint: Appearance(dim: true),
    .border: Appearance(dim: true),
    .focusedBorder: Appearance(bold: true),
    .title: Appearance(bold: true),
    .key: Appearance(bold: true),
    .policy: Appearance(bold: true),
    .warning: Appearance(bold: true),
    .error: Appearance(bold: true, reversed: true),
    .target: Appearance(bold: true, underlined: true),
    .selection: Appearance(reversed: true),
    .series2: Appearance(bold: true),
    .series3: Appearance(dim: true),
    .series5: Appearance(bold: true),
    .series6: Appearance(dim: true),
  ]

  /// No colours, on any terminal.
  package static let monochrome = Theme(
    name: "monochrome", background: 0x000000, foreground: 0xFFFFFF, rows: [])
}
