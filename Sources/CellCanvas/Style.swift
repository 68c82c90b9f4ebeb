/// What a piece of the screen means; a theme says what it looks like.
///
/// Colour never carries meaning alone: whatever a role says, a glyph or a word beside it says too.
package enum StyleRole: UInt8, Sendable, Hashable, CaseIterable {
  /// Ordinary text.
  case text
  /// Less important text: units, ticks, old branches, raw curves behind smoothed ones.
  case faint
  /// Lines around panels.
  case border
  /// Lines around the panel that has the focus.
  case focusedBorder
  /// Panel titles.
  case title
  /// Names of keys in hints and help.
  case key
  /// The header line.
  case header
  /// The policy π_θ: its name, its bars, its numbers.
  case policy
  /// The reference π_θ0: its name, its bars, its numbers.
  case reference
  /// Something is as it should be: live, target reached.
  case good
  case note
  case warning
  case error
  /// The target class or token.
  case target
  /// The cell, row or step the cursor is on.
  case selection
  /// Curves, in the order of a legend; more curves than colours begin again with another mark.
  case series1, series2, series3, series4, series5, series6
}

/// The role of a cell and how much it stands out.
package struct Style: Sendable, Hashable {
  package var role: StyleRole
  package var bold: Bool
  package var underlined: Bool
  package var reversed: Bool

  package init(
    _ role: StyleRole = .text, bold: Bool = false, underlined: Bool = false, reversed: Bool = false
  ) {
    self.role = role
    self.bold = bold
    self.underlined = underlined
    self.reversed = reversed
  }

  package static let text = Style(.text)
  package static let faint = Style(.faint)
}

extension Style {
  /// The style of the n-th curve of a legend; the colours begin again after the sixth.
  package static func series(_ index: Int, bold: Bool = false) -> Style {
    Style(seriesRoles[((index % seriesRoles.count) + seriesRoles.count) % seriesRoles.count], bold: bold)
  }

  private static let seriesRoles: [StyleRole] = [.series1, .series2, .series3, .series4, .series5, .series6]
}
