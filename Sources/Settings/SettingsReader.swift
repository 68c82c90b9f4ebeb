internal import CellCanvas
internal import TOMLKit

/// Reads settings from TOML (https://toml.io/en/v1.0.0).
package struct SettingsReader {
  private let lines: SettingsLines
  private let vocabulary: SettingsVocabulary
  private var settings = Settings()
  private var problems: [SettingsProblem] = []

  /// The settings in a text, and what in it cannot be used; the rest counts all the same.
  package static func read(
    _ text: String, vocabulary: SettingsVocabulary
  ) -> (settings: Settings, problems: [SettingsProblem]) {
    do {
      var reader = SettingsReader(lines: SettingsLines(text), vocabulary: vocabulary)
      reader.read(try TOMLTable(string: text))
      return (reader.settings, reader.problems.sorted { $0.line < $1.line })
    } catch let error as TOMLParseError {
      let problem = SettingsProblem(
        line: error.source.begin.line, text: "not TOML, so nothing in it counts: \(error.description)")
      return (Settings(), [problem])
    } catch {
      return (Settings(), [SettingsProblem(line: 1, text: "not TOML, so nothing in it counts")])
    }
  }

  private init(lines: SettingsLines, vocabulary: SettingsVocabulary) {
    self.lines = lines
    self.vocabulary = vocabulary
  }

  /// Takes over one value; states what it should have been, `nil` where it was of use.
  private typealias Reading =
    @Sendable (inout SettingsReader, any TOMLValueConvertible) -> String?

  private static let readings: [String: Reading] = [
    "theme": { choose(\.settings.theme, &$0, $1) },
    "glyphs": { choose(\.settings.glyphs, &$0, $1) },
    "color": { choose(\.settings.color, &$0, $1) },
    "smoothing": { reader, value in
      let number = value.double ?? value.int.map { Double($0) }
      guard let number, (0...0.99).contains(number) else { return "must be a number from 0 to 0.99" }
      reader.settings.smoothing = number
      return nil
    },
    "view": { reader, value in
      guard let name = value.string, reader.vocabulary.views.contains(name) else {
        return "must be one of " + quoted(reader.vocabulary.views)
      }
      reader.settings.view = name
      return nil
    },
    "budget": { reader, value in
      guard let texts = strings(value) else {
        return "must be a text or a list of texts, such as [\"kl=0.1\"]"
      }
      let complaints = texts.compactMap(reader.vocabulary.complaintAboutBudget)
      reader.settings.budgets = texts.filter { reader.vocabulary.complaintAboutBudget($0) == nil }
      return complaints.first
    },
    "retention": { readNames(\.settings.retention, &$0, $1) },
    "new": { readNames(\.settings.new, &$0, $1) },
    "keys": { reader, value in
      guard let table = value.table else { return "must be a table: [keys]" }
      reader.readKeys(table)
      return nil
    },
  ]

  private static func readNames(
    _ place: WritableKeyPath<SettingsReader, [String]>, _ reader: inout SettingsReader,
    _ value: any TOMLValueConvertible
  ) -> String? {
    guard let names = strings(value) else { return "must be a text or a list of texts, such as [\"old\"]" }
    reader[keyPath: place] = names
    return nil
  }

  private static func choose<Choice: RawRepresentable<String> & CaseIterable>(
    _ place: WritableKeyPath<SettingsReader, Choice?>, _ reader: inout SettingsReader,
    _ value: any TOMLValueConvertible
  ) -> String? {
    guard let choice = value.string.flatMap({ Choice(rawValue: $0) }) else {
      return "must be one of " + quoted(Choice.allCases.map(\.rawValue))
    }
    reader[keyPath: place] = choice
    return nil
  }

  private mutating func read(_ table: TOMLTable) {
    for name in table.keys {
      guard let value = table[name] else { continue }
      guard let reading = Self.readings[name] else {
        complain("unknown: use " + Self.quoted(Self.readings.keys.sorted()), about: name, in: nil)
        continue
      }
      if let complaint = reading(&self, value) { complain(complaint, about: name, in: nil) }
    }
  }

  private mutating func readKeys(_ table: TOMLTable) {
    for action in table.keys {
      guard vocabulary.actions.contains(action) else {
        complain("no such action: use " + Self.quoted(vocabulary.actions), about: action, in: "keys")
        continue
      }
      guard let labels = table[action].flatMap({ Self.strings($0) }) else {
        complain("must be a key or a list of keys, such as [\"q\", \"^c\"]", about: action, in: "keys")
        continue
      }
      let keys = labels.map { ($0, Key(label: $0)) }
      for (label, key) in keys where key == nil {
        complain(
          "no such key: \"\(label)\"; keys are written as the help shows them", about: action, in: "keys")
      }
      settings.keys[action] = keys.compactMap(\.1)
    }
  }

  /// A text, or a list of nothing but texts.
  private static func strings(_ value: any TOMLValueConvertible) -> [String]? {
    if let text = value.string { return [text] }
    guard let array = value.array else { return nil }
    let texts = array.compactMap { $0.string }
    return texts.count == array.count ? texts : nil
  }

  private mutating func complain(_ text: String, about key: String, in table: String?) {
    let name = table.map { "\($0).\(key)" } ?? key
    problems.append(SettingsProblem(line: lines.line(of: key, in: table), text: "\(name): \(text)"))
  }

  private static func quoted(_ names: [String]) -> String {
    names.map { "\"\($0)\"" }.joined(separator: ", ")
  }
}
