/// Single glyphs that mean something; each is one column wide. A table: one property for each meaning.
package struct MarkGlyphs: Sendable, Hashable {
  /// Where a curve was not a number.
  package let nan: Character
  /// Where a curve was infinite.
  package let infinity: Character
  /// A restart or another event on the axis of steps.
  package let event: Character
  package let bullet: Character
  /// The run is live, silent, and paused.
  package let live: Character
  package let silent: Character
  package let paused: Character
  package let playing: Character
  package let up: Character
  package let down: Character
  package let left: Character
  package let right: Character
  /// The most probable class of the two models differs.
  package let flip: Character
  /// The target class or token.
  package let target: Character
  /// A saved checkpoint, and the one to keep.
  package let checkpoint: Character
  package let keep: Character
  package let yes: Character
  package let no: Character
  /// ±, ≥, −, Δ and ‖ as text: an ASCII set needs more than one column for some.
  package let plusMinus: String
  package let atLeast: String
  package let minus: String
  package let delta: String
  package let parallel: String
  package let ellipsis: String
  /// Marks that tell curves apart without colour, in the order of a legend.
  package let series: [Character]

  static let unicode = MarkGlyphs(
    nan: "×", infinity: "∞", event: "▼", bullet: "•", live: "●", silent: "○", paused: "‖",
    playing: "▶", up: "↑", down: "↓", left: "←", right: "→", flip: "⇄", target: "◆", checkpoint: "C",
    keep: "◉", yes: "✓", no: "✗",
    plusMinus: "±", atLeast: "≥", minus: "−", delta: "Δ", parallel: "‖", ellipsis: "…",
    series: ["●", "▲", "■", "◆", "○", "△"])

  static let ascii = MarkGlyphs(
    nan: "x", infinity: "I", event: "v", bullet: "*", live: "*", silent: "o", paused: "=",
    playing: ">", up: "^", down: "v", left: "<", right: ">", flip: "%", target: "@", checkpoint: "C",
    keep: "K", yes: "y", no: "X",
    plusMinus: "+-", atLeast: ">=", minus: "-", delta: "d", parallel: "||", ellipsis: "..",
    series: ["*", "+", "o", "x", "#", "%"])
}
