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
