/// A table from roles to appearances, one for each colour depth.
package struct Theme: Sendable, Hashable {
  package let name: String
  /// `appearances[depth][role]`, by raw values, for every depth and role.
  private let appearances: [[Appearance]]

  /// A theme from one row for each role.
  ///
  /// - Precondition: there is exactly one row for each role.
  init(name: String, rows: [Row]) {
    precondition(Set(rows.map(\.role)).count == rows.count && rows.count == StyleRole.allCases.count)
    self.name = name
    let sorted = rows.sorted { $0.role.rawValue < $1.role.rawValue }
    appearances = [sorted.map(\.none), sorted.map(\.eight), sorted.map(\.indexed256)]
  }

  /// What one role looks like at each depth.
  struct Row {
    let role: StyleRole
    let indexed256: Appearance
    let eight: Appearance
    let none: Appearance

    init(_ role: StyleRole, _ indexed256: Appearance, _ eight: Appearance, _ none: Appearance) {
      self.role = role
      self.indexed256 = indexed256
      self.eight = eight
      self.none = none
    }
  }

  /// The appearance of a role with the emphasis of a style added to it.
  package func appearance(of style: Style, depth: ColorDepth) -> Appearance {
    var appearance = appearances[Int(depth.rawValue)][Int(style.role.rawValue)]
    if style.bold { appearance.bold = true }
    if appearance.bold { appearance.dim = false }
    if style.underlined { appearance.underlined = true }
    if style.reversed { appearance.reversed.toggle() }
    return appearance
  }
}
