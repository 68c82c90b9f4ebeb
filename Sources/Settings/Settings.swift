package import CellCanvas

/// What the user wants the same way each time; `nil` where that is not said.
package struct Settings: Sendable, Hashable {
  package var theme: ThemeChoice?
  package var glyphs: GlyphChoice?
  package var color: ColorChoice?
  /// Weight of the past in the moving average of curves, 0 … 0.99.
  package var smoothing: Double?
  /// A page or panel to begin with, by the name that `--view` takes.
  package var view: String?
  /// What a run may spend, as `--budget` takes it.
  package var budgets: [String] = []
  /// Sets or metrics of what models could do before, as `--retention` takes them.
  package var retention: [String] = []
  /// Sets or metrics of what models are tuned for, as `--new` takes them.
  package var new: [String] = []
  /// Keys for actions, by the names that the key table gives them.
  package var keys: [String: [Key]] = [:]

  package init() {}
}

/// Something in a file of settings that cannot be used.
package struct SettingsProblem: Error, Hashable, CustomStringConvertible {
  /// 1 for the first.
  package var line: Int
  /// What is wrong and what to do.
  package var text: String

  package var description: String { "line \(line): \(text)" }
}
