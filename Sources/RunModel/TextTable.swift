/// Text in columns.
enum TextTable {
  /// Columns as wide as their longest text, texts to the left and numbers to the right.
  ///
  /// - Parameter textColumns: number of columns with texts, which are the first ones.
  static func lines(textColumns: Int = 1, _ rows: [[String]]) -> [String] {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column < textColumns ? row[column] + space : space + row[column]
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
