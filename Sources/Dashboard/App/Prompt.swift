internal import CellCanvas

/// One line of text that the user types: a filter, a step to go to.
package struct Prompt: Sendable {
  /// Stands before the text.
  var label: String
  /// What may be typed, shown while nothing is.
  var help: String
  package private(set) var text = ""
  /// Why what was typed cannot be used; stays until the text changes.
  private(set) var complaint: String?
  /// Follows the text while it is typed; states what is wrong with it, `nil` for nothing.
  var changed: @Sendable (inout DashboardState, String) -> String?
  /// Does what was typed; states why it cannot, `nil` where it was done.
  var accepted: @Sendable (inout DashboardState, String, Double) -> String?
  /// Takes back what `changed` did.
  var cancelled: @Sendable (inout DashboardState) -> Void

  /// Texts longer than this are typed by accident.
  private static let mostCharacters = 200

  init(
    label: String, help: String, text: String = "",
    changed: @escaping @Sendable (inout DashboardState, String) -> String? = { _, _ in nil },
    accepted: @escaping @Sendable (inout DashboardState, String, Double) -> String? = { _, _, _ in nil },
    cancelled: @escaping @Sendable (inout DashboardState) -> Void = { _ in }
  ) {
    self.label = label
    self.help = help
    self.text = text
    self.changed = changed
    self.accepted = accepted
    self.cancelled = cancelled
  }
}

extension DashboardState {
  /// Types a key into the prompt.
  mutating func type(_ key: Key, now: Double) {
    guard var prompt else { return }
    switch key {
    case .enter:
      if let complaint = prompt.accepted(&self, prompt.text, now) {
        prompt.complain(complaint)
        self.prompt = prompt
      } else {
        self.prompt = nil
      }
    case .escape, .control("c"):
      self.prompt = nil
      prompt.cancelled(&self)
    default:
      guard prompt.edit(key) else { return }
      prompt.complain(prompt.changed(&self, prompt.text))
      self.prompt = prompt
    }
  }
}

extension Prompt {
  fileprivate mutating func complain(_ complaint: String?) { self.complaint = complaint }

  /// True where the key changed the text.
  fileprivate mutating func edit(_ key: Key) -> Bool {
    let before = text
    switch key {
    case .character(let character) where text.count < Self.mostCharacters: text.append(character)
    case .backspace, .delete: _ = text.popLast()
    case .control("u"): text = ""
    case .control("w"): text = text.droppingLastWord
    default: return false
    }
    return text != before
  }

  /// The label, the end of the text, a cursor; then what is wrong or what may be typed.
  func draw(in rect: CellRect, of grid: inout CellGrid, context: DrawContext) {
    let room = max(0, rect.columns - DisplayWidth.of(label) - 4)
    let shown = DisplayWidth.suffix(of: Printable.text(text, glyphs: context.glyphs), columns: room)
    let note = complaint.map { TextRun("  " + Printable.text($0, glyphs: context.glyphs), .warning) }
    let hint = TextRun("  \(help)  (Enter accepts, Esc cancels)", .faint)
    grid.write(
      [
        TextRun(label + " ", .key, bold: true), TextRun(shown, .text, bold: true),
        TextRun(" ", .selection), note ?? hint,
      ], x: rect.x + 1, y: rect.y, maxColumns: rect.columns - 1)
  }
}

extension String {
  /// Without the last word and the blanks behind it, as Ctrl-W does it in a shell.
  fileprivate var droppingLastWord: String {
    let trimmed = self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)]
    return String(trimmed[..<(trimmed.lastIndex(of: " ").map(index(after:)) ?? startIndex)])
  }
}
