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
