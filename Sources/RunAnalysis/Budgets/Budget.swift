internal import RunModel

/// How far a run may go: a limit of a divergence or of a retention metric, as a user writes it.
///
/// `NAME=LIMIT`. The name is `kl` (D(policy‖reference) of every evaluated set), `kl/SET`, or the end of a metric's key:
/// `old/accuracy` is `eval/old/accuracy` and `eval/old_acc` too. The limit is a level (`kl=0.1`, `old/accuracy=0.9`), or
/// with its sign a change since the start: `-5%` of the value there, `-5pt` percentage points, `+0.5` absolute.
package struct Budget: Sendable, Hashable {
  package enum Limit: Sendable, Hashable {
    case level(Double)
    /// Added to the value at the start.
    case change(Double)
    /// A share of the value at the start, added to it.
    case share(Double)
  }

  package enum Subject: Sendable, Hashable {
    /// D(policy‖reference) of one set, or of all.
    case divergence(set: String?)
    /// Words that a metric's key ends with.
    case metric([String])
  }

  /// As the user wrote it.
  package let text: String
  package let subject: Subject
  package let limit: Limit
  /// True for one of the user's settings, which are about many runs.
  package var isFromSettings = false

  /// - Throws: what is wrong with the text.
  package init(_ text: String) throws(BudgetError) {
    self.text = text
    guard let equals = text.firstIndex(of: "=") else { throw BudgetError(text, "has no =") }
    let name = text[..<equals].filter { $0 != " " }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard !name.isEmpty, !parts.contains("") else { throw BudgetError(text, "names no metric") }
    limit = try Self.limit(text[text.index(after: equals)...].filter { $0 != " " }, of: text)
    if parts[0].lowercased() == "kl", parts.count <= 2 {
      subject = .divergence(set: parts.count == 2 ? parts[1] : nil)
      guard case .level(let level) = limit, level > 0 else {
        throw BudgetError(text, "limits a divergence to something else than a number above 0")
      }
    } else {
      subject = .metric(Self.words(String(name)))
    }
  }

  /// `acc` and `accuracy` are one word.
  static func words(_ key: String) -> [String] {
    MetricKey.words(of: key).map { $0 == "acc" ? "accuracy" : $0 }
  }

  private static func limit(_ written: String, of text: String) throws(BudgetError) -> Limit {
    let isChange = written.hasPrefix("-") || written.hasPrefix("+")
    let (number, unit) = parts(of: written)
    guard let value = number, value.isFinite else { throw BudgetError(text, "has no number behind the =") }
    switch unit {
    case "" where !isChange: return .level(value)
    case _ where !isChange: throw BudgetError(text, "needs a sign before \(written): -5% or +5%")
    case _ where value == 0: throw BudgetError(text, "allows no change at all")
    case "": return .change(value)
    case "%": return .share(value / 100)
    default: return .change(value / 100)
    }
  }

  private static func parts(of written: String) -> (number: Double?, unit: String) {
    let unit = ["%", "pt"].first { written.hasSuffix($0) } ?? ""
    return (Double(written.dropLast(unit.count)), unit)
  }
}

/// A budget that cannot be understood.
package struct BudgetError: Error, Sendable, Hashable, CustomStringConvertible {
  private let text: String
  private let problem: String

  init(_ text: String, _ problem: String) {
    self.text = text
    self.problem = problem
  }

  package var description: String {
    "the budget \"\(text)\" \(problem): write kl=0.1, kl/old=0.1, old/accuracy=0.9, old/accuracy=-5%, old/accuracy=-5pt or old/loss=+0.5"
  }
}
