package import CellCanvas
package import Testing

/// Expects the text of a grid, row by row; blanks at the ends of rows do not count.
///
/// Where it fails, the message shows the rows that differ below one another, with carets under the first difference,
/// and the whole frame in a border.
package func expect(
  _ grid: CellGrid, looksLike expected: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let actual = FrameText.plain(grid)
  guard let difference = FrameDifference(actual: actual, expected: expected) else { return }
  Issue.record(
    "\(difference.message)\nthe frame:\n\(framed(actual, rows: grid.size.rows, columns: grid.size.columns))",
    sourceLocation: sourceLocation)
}

/// Text in a border that shows where it begins and ends.
func framed(_ text: String, rows count: Int, columns: Int) -> String {
  let edge = "+" + String(repeating: "-", count: columns) + "+"
  let rows = FrameDifference.rows(text)
  let padded = (0..<count).map { "|" + DisplayWidth.pad($0 < rows.count ? rows[$0] : "", to: columns) + "|" }
  return ([edge] + padded + [edge]).joined(separator: "\n")
}

/// How two texts of rows differ.
package struct FrameDifference {
  package let message: String

  /// `nil` if the texts are the same but for blanks at the ends of rows and newlines at the end.
  package init?(actual: String, expected: String) {
    let actual = FrameDifference.rows(actual)
    let expected = FrameDifference.rows(expected)
    var lines: [String] = []
    for row in 0..<max(actual.count, expected.count) {
      let found = row < actual.count ? actual[row] : ""
      let wanted = row < expected.count ? expected[row] : ""
      if found != wanted { lines += FrameDifference.lines(row: row, found: found, wanted: wanted) }
    }
    if lines.isEmpty { return nil }
    message = "rows differ\n" + lines.joined(separator: "\n")
  }

  /// Rows without the blanks at their ends, and without empty ones at the end.
  static func rows(_ text: String) -> [String] {
    var rows = text.split(separator: "\n", omittingEmptySubsequences: false).map { row in
      String(row.reversed().drop { $0 == " " }.reversed())
    }
    while rows.last == "" { rows.removeLast() }
    return rows
  }

  private static func lines(row: Int, found: String, wanted: String) -> [String] {
    let common = zip(found, wanted).prefix { $0 == $1 }.map(\.0)
    let label = "row \(row)"
    let indent = String(repeating: " ", count: label.count)
    return [
      "\(label) is       |\(found)|",
      "\(indent) expected |\(wanted)|",
      "\(indent)           " + String(repeating: " ", count: DisplayWidth.of(String(common))) + "^",
    ]
  }
}
