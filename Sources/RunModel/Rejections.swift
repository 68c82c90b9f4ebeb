/// Lines of a log that are no records.
package struct Rejections: Sendable, Hashable {
  package struct Line: Sendable, Hashable {
    /// From 1.
    package var line: Int
    package var reason: String
    /// The file it is in, where the run has several.
    package var file: String?

    /// `line 7`, with its file where the run has several.
    package var place: String { (file.map { "\($0) " } ?? "") + "line \(line)" }
  }

  /// Exact, however many are listed.
  package var count: Int { counts.values.reduce(0, +) }
  /// The first ones.
  package private(set) var listed: [Line] = []

  private var counts: [String?: Int] = [:]

  private static let listedAtMost = 20

  mutating func add(line: Int, reason: String, file: String? = nil) {
    counts[file, default: 0] += 1
    if listed.count < Self.listedAtMost { listed.append(Line(line: line, reason: reason, file: file)) }
  }

  /// Forgets the lines of a file that is read anew.
  mutating func removeAll(ofFile file: String?) {
    counts[file] = nil
    listed.removeAll { $0.file == file }
  }
}
