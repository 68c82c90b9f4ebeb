/// What the user has chosen to see on the metrics page.
package struct MetricsBrowser: Sendable, Hashable {
  /// What is typed after `/`; empty shows every key.
  package private(set) var filter = ""
  /// Which of the names seen fit the filter, so that a frame need not ask the regular expression again.
  private var decisions: [String: Bool] = [:]
  /// Keys that stand first, in the order they were pinned.
  package private(set) var pinned: [String] = []
  /// Headings whose keys are hidden.
  var collapsed: Set<String> = []
  var order = Order.name
  /// `nil` is the first key there is.
  var selection: Selection?
  /// The selected key has the whole page.
  var isMaximised = false
  /// Keys beside each other on the last screen.
  var across = 1
  /// Keys with a logarithmic scale.
  var logarithmic: Set<String> = []

  enum Order: String, Sendable, Hashable {
    case name
    case change
  }

  enum Selection: Sendable, Hashable {
    case metric(String)
    case heading(String)
  }

  /// Shows keys that fit `text`.
  ///
  /// - Returns: what is wrong with it.
  mutating func filter(by text: String, among names: [String]) -> String? {
    guard let filter = MetricFilter(text) else { return "not a regular expression" }
    self.filter = text
    decisions = text.isEmpty ? [:] : Dictionary(names.map { ($0, filter.matches($0)) }) { first, _ in first }
    return nil
  }

  /// The names that fit the filter.
  func shown(_ names: [String]) -> [String] {
    guard !filter.isEmpty else { return names }
    var rule: MetricFilter?
    return names.filter { name in
      if let known = decisions[name] { return known }
      rule = rule ?? MetricFilter(filter)
      return rule?.matches(name) ?? true
    }
  }

  mutating func togglePin(_ name: String) {
    if let index = pinned.firstIndex(of: name) { pinned.remove(at: index) } else { pinned.append(name) }
  }
}

/// Which keys the metrics page shows: part of a name, a pattern with `*` and `?`, or a regular expression between
/// slashes. Upper and lower case are the same.
struct MetricFilter {
  /// Characters of a name that a regular expression sees: what it costs grows faster than the name.
  static let mostCharacters = 1_000

  private enum Rule {
    case part(String)
    case glob([Character])
    case expression(Regex<AnyRegexOutput>)
  }

  private var rule: Rule

  /// `nil` where the regular expression is none.
  init?(_ text: String) {
    if text.hasPrefix("/") {
      let inside = text.dropFirst()
      let pattern = inside.hasSuffix("/") ? inside.dropLast() : inside
      guard let expression = try? Regex(String(pattern)).ignoresCase() else { return nil }
      rule = .expression(expression)
    } else if text.contains("*") || text.contains("?") {
      rule = .glob(Array(text.lowercased()))
    } else {
      rule = .part(text.lowercased())
    }
  }

  func matches(_ name: String) -> Bool {
    switch rule {
    case .part(let part): part.isEmpty || name.lowercased().contains(part)
    case .glob(let pattern): Self.matches(Array(name.lowercased()), pattern)
    case .expression(let expression):
      (try? expression.firstMatch(in: name.prefix(Self.mostCharacters))) != nil
    }
  }

  /// `*` stands for any characters, `?` for one; the whole name has to fit.
  private static func matches(_ name: [Character], _ pattern: [Character]) -> Bool {
    var (place, rule) = (0, 0)
    // Where to go on when the last star has to take one character more.
    var star: (place: Int, rule: Int)?
    while place < name.count {
      if rule < pattern.count, pattern[rule] == "*" {
        star = (place, rule)
        rule += 1
      } else if rule < pattern.count, pattern[rule] == "?" || pattern[rule] == name[place] {
        (place, rule) = (place + 1, rule + 1)
      } else if let last = star {
        star = (last.place + 1, last.rule)
        (place, rule) = (last.place + 1, last.rule + 1)
      } else {
        return false
      }
    }
    return pattern[rule...].allSatisfy { $0 == "*" }
  }
}
