/// Lines of a log that are no records.
package struct Rejections: Sendable, Hashable {
  package struct Line: Sendable, Hashable {
    /// From 1.
    package var line: Int
    package var reason: String
  }

  /// Exact, however many are listed.
  package private(set) var count = 0
  /// The first ones.
  package private(set) var listed: [Line] = []

  private static let listedAtMost = 20

  mutating func add(line: Int, reason: String) {
    count += 1
    if listed.count < Self.listedAtMost { listed.append(Line(line: line, reason: reason)) }
  }
}
