/// Text in columns.
enum TextTable {
  /// Columns as wide as their longest text, texts to the left and numbers to the right.
  ///
  /// - Parameters:
  ///   - textColumns: number of columns with texts, which are the first ones.
  ///   - width: columns of the screen that a text takes.
  static func lines(
    textColumns: Int = 1, _ rows: [[String]], width: (String) -> Int = \.count
  ) -> [String] {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { width($0[column]) }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: max(0, widths[column] - width(row[column])))
        return column < textColumns ? row[column] + space : space + row[column]
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
