internal import CellCanvas

/// The last line: what is being typed, else news for a moment, else the keys one needs most, from the key table.
enum BottomLine {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    guard !rect.isEmpty else { return }
    if let prompt = state.prompt { return prompt.draw(in: rect, of: &grid, context: context) }
    if let notice = state.notice {
      let text = Printable.text(notice.text, glyphs: context.glyphs)
      grid.write(text, x: rect.x + 1, y: rect.y, style: Style(.note), maxColumns: rect.columns - 1)
      return
    }
    for item in items(state, in: rect) {
      let isCurrent = item.binding.name == KeyBinding.name(showing: state.page)
      let text = TextRun(" \(item.hint)", isCurrent ? .selection : .faint, bold: isCurrent)
      grid.write([TextRun(item.key, .key, bold: true), text], x: item.x, y: rect.y, maxColumns: item.columns)
    }
  }

  /// The row of the key table whose hint stands at a column.
  static func binding(atX x: Int, _ state: DashboardState, in rect: CellRect) -> KeyBinding? {
    guard state.prompt == nil, state.notice == nil else { return nil }
    return items(state, in: rect).first { $0.x <= x && x < $0.x + $0.columns }?.binding
  }

  private struct Item {
    var binding: KeyBinding
    var key: String
    var hint: String
    var x: Int
    /// A key, a blank, a word.
    var columns: Int { DisplayWidth.of(key) + 1 + DisplayWidth.of(hint) }
  }

  /// What time does comes early: a narrow screen has room for the first hints only.
  private static let order: [KeyBinding.Group] = [
    .general, .time, .pages, .runs, .panels, .samples, .metrics, .forgetting, .curves,
  ]

  private static func items(_ state: DashboardState, in rect: CellRect) -> [Item] {
    let available = state.keys.available(on: state.page, inReplay: state.isReplay)
    var items: [Item] = []
    var x = rect.x + 1
    for binding in order.flatMap({ group in available.filter { $0.group == group } }) {
      guard let hint = binding.hint, let key = binding.keys.first?.label else { continue }
      let item = Item(binding: binding, key: key, hint: hint, x: x)
      guard x + item.columns <= rect.maxX else { break }
      items.append(item)
      x += item.columns + 2
    }
    return items
  }
}

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
