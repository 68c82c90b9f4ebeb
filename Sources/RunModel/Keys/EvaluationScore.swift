internal import Curves

/// The score of one task at one checkpoint, as the lm-evaluation-harness measured it.
package struct EvaluationScore: Sendable {
  /// Task or group.
  package var task: String
  package var metric: String
  /// What the answers were passed through: `none`, `strict-match`, …
  package var filter: String
  package var step: Int
  /// `nil` where it is no finite number.
  package var value: Double?
  /// Of `value`; `nil` where the harness gives none.
  package var standardError: Double?

  /// True for a key of such a score, or of its standard error: `TASK/METRIC,FILTER`.
  package static func isKey(_ key: String) -> Bool { HarnessKey(key) != nil }
}

/// A key of the harness taken apart: `TASK/METRIC,FILTER`.
struct HarnessKey: Sendable, Hashable {
  var task: String
  var metric: String
  var filter: String

  private static let errorEnding = "_stderr"

  init?(_ key: String) {
    guard let slash = key.lastIndex(of: "/"), let comma = key[slash...].firstIndex(of: ",") else {
      return nil
    }
    task = String(key[..<slash])
    metric = String(key[key.index(after: slash)..<comma])
    filter = String(key[key.index(after: comma)...])
    if task.isEmpty || metric.isEmpty || filter.isEmpty { return nil }
  }

  /// True for the standard error of a score.
  var isError: Bool { metric.hasSuffix(Self.errorEnding) }

  /// The key of the score's standard error.
  var errorKey: String { "\(task)/\(metric)\(Self.errorEnding),\(filter)" }
}
