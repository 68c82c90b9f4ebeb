internal import FoundationEssentials
internal import Reports
internal import RunModel

/// How results are shown.
enum BenchmarkTable {
  static let head = row("what", "limit", "value", "")

  static func line(_ result: BenchmarkResult) -> String {
    row(result.name, result.limit, "\(number(result.value)) \(result.unit)", verdict(result))
  }

  /// One line of JSON: `{"results":[{"limit":…,"name":…,"passed":…,"unit":…,"value":…}]}`.
  static func json(_ results: [BenchmarkResult]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let entries = results.map {
      Entry(name: $0.name, limit: $0.limit, value: $0.value, unit: $0.unit, passed: $0.passed)
    }
    return String(decoding: try encoder.encode(["results": entries]), as: UTF8.self)
  }

  private struct Entry: Encodable {
    var name: String
    var limit: String
    var value: Double
    var unit: String
    @OrNull var passed: Bool?
  }

  private static func verdict(_ result: BenchmarkResult) -> String {
    result.passed.map { $0 ? "reached" : "NOT REACHED" } ?? ""
  }

  private static func row(_ name: String, _ limit: String, _ value: String, _ verdict: String) -> String {
    let left = name.padded(to: 62) + limit.padded(to: 30)
    let space = String(repeating: " ", count: max(0, 20 - value.count))
    return left + space + value + (verdict.isEmpty ? "" : "  " + verdict)
  }

  /// Three digits that matter.
  private static func number(_ value: Double) -> String {
    let decimals = abs(value) >= 100 ? 1.0 : abs(value) >= 10 ? 10 : abs(value) >= 1 ? 100 : 1000
    return "\((value * decimals).rounded() / decimals)"
  }
}

extension String {
  fileprivate func padded(to columns: Int) -> String {
    self + String(repeating: " ", count: max(1, columns - count))
  }
}
