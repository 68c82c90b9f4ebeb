internal import RunModel

/// Which samples the list shows: terms that all have to hold.
///
/// A term is a word that is looked for in the sample's name, set and classes; one of `forgotten`, `flipped`, `right` and
/// `wrong`; or a comparison such as `D>0.5`.
struct SampleFilter: Sendable {
  private enum Term: Sendable {
    case word(String)
    case fact(@Sendable (SampleRecord) -> Bool)
    case comparison(@Sendable (SampleRecord) -> Double, @Sendable (Double, Double) -> Bool, Double)
  }

  /// Why a text is no filter; one phrase.
  struct Refusal: Error {
    var reason: String
  }

  /// As it was typed.
  private(set) var text = ""
  private var terms: [Term] = []

  init() {}

  init(_ text: String) throws(Refusal) {
    self.text = text
    for word in text.split(separator: " ") { terms.append(try Self.term(String(word))) }
  }

  var isEmpty: Bool { terms.isEmpty }

  /// - Parameter names: of the classes of the sample's set.
  func matches(_ state: SampleState, names: @autoclosure () -> [String]) -> Bool {
    terms.allSatisfy { term in
      switch term {
      case .word(let word): Self.contains(word, state, names: names)
      case .fact(let holds): holds(state.record)
      case .comparison(let value, let holds, let bound): holds(value(state.record), bound)
      }
    }
  }

  static let help = "name, set, class, forgotten, flipped, wrong, D>0.5, first<=40"

  private static let facts: [String: @Sendable (SampleRecord) -> Bool] = [
    "forgotten": { $0.forgettingEvents > 0 },
    "flipped": { $0.differingRows > 0 },
    "right": { $0.targets > 0 && $0.correct == $0.targets },
    "wrong": { $0.correct < $0.targets },
  ]

  /// What can be compared, by the name that is typed in lower case.
  private static let quantities: [String: @Sendable (SampleRecord) -> Double] = [
    "d": { $0.policyReference },
    "change": { Double($0.policyReferenceChange) },
    "p": { $0.policyTargetProbability },
    "base": { $0.referenceTargetProbability },
    "flips": { Double($0.flips) },
    "forgot": { Double($0.forgettingEvents) },
    "first": { $0.firstForgotten.map(Double.init) ?? .nan },
  ]

  /// The longer signs first: they begin like the shorter ones.
  private static let signs: [(text: String, holds: @Sendable (Double, Double) -> Bool)] = [
    (">=", { $0 >= $1 }), ("<=", { $0 <= $1 }), ("!=", { $0 != $1 }), (">", { $0 > $1 }), ("<", { $0 < $1 }),
    ("=", { $0 == $1 }),
  ]

  private static func term(_ word: String) throws(Refusal) -> Term {
    if let fact = facts[word.lowercased()] { return .fact(fact) }
    guard let start = word.firstIndex(where: { "<>=!".contains($0) }) else { return .word(word.lowercased()) }
    let rest = word[start...]
    guard let sign = signs.first(where: { rest.hasPrefix($0.text) }) else { return .word(word.lowercased()) }
    guard let value = quantities[word[..<start].lowercased()] else {
      throw Refusal(
        reason: "“\(word[..<start])” is none of D, change, p, base, flips, forgot, first")
    }
    guard let bound = Double(rest.dropFirst(sign.text.count)) else {
      throw Refusal(reason: "a number has to follow “\(word[..<start])\(sign.text)”")
    }
    return .comparison(value, sign.holds, bound)
  }

  private static func contains(_ word: String, _ state: SampleState, names: () -> [String]) -> Bool {
    let record = state.record
    if state.key.name.label.lowercased().contains(word) { return true }
    if state.key.probe.label.lowercased().contains(word) { return true }
    let classes = [record.referenceTop, record.policyTop, record.target].filter { $0 >= 0 }
    guard !classes.isEmpty else { return false }
    let names = names()
    return classes.contains { index in
      names.indices.contains(Int(index))
        ? names[Int(index)].lowercased().contains(word) : word == "\(index)"
    }
  }
}
