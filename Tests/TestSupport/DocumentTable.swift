internal import Foundation
package import Testing

/// Expects a document to hold a table as the code makes it, between two lines of comment.
///
/// With `KLTOP_RECORD=1` in the environment the table is written, and the expectation fails all the same.
///
/// - Parameters:
///   - table: the rows, joined by newlines.
///   - name: what the comments call it: `<!-- NAME, made by the tests: begin -->` and `<!-- NAME: end -->`.
///   - document: the name of a file among the manuals.
package func expectTable(
  _ table: String, named name: String, in document: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let file = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../../Sources/kltop/kltop.docc/\(document)").standardizedFileURL
  let text = try String(contentsOf: file, encoding: .utf8)
  let begin = try #require(
    text.range(of: "<!-- \(name), made by the tests: begin -->\n"), sourceLocation: sourceLocation)
  let end = try #require(text.range(of: "<!-- \(name): end -->"), sourceLocation: sourceLocation)
  let wanted = table + "\n"
  let found = String(text[begin.upperBound..<end.lowerBound])
  #expect(
    found == wanted, "\(document) has another table of \(name): KLTOP_RECORD=1 writes it anew",
    sourceLocation: sourceLocation)
  guard found != wanted, isRecordingGoldens else { return }
  try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: wanted)
    .write(to: file, atomically: true, encoding: .utf8)
}
