/// The cells of a row of a table that has nothing but numbers, where they lie in its line.
struct PlainRow {
  struct Cell {
    var column: Int
    var bytes: UnsafeRawBufferPointer
    var number: Double
  }

  /// Those that are not empty; valid as long as the line is.
  private(set) var cells: ContiguousArray<Cell> = []

  init() {}

  /// Reads a line; false where a cell is no plain number, or where there are more or fewer than the columns.
  mutating func read(_ line: UnsafeRawBufferPointer, separator: UInt8, columns: Int) -> Bool {
    cells.removeAll(keepingCapacity: true)
    var start = 0
    for column in 0..<columns {
      let isLast = column == columns - 1
      let found = line.index(of: separator, from: start)
      // A separator behind the last cell, or none behind another one.
      guard isLast == (found == nil) else { return false }
      let end = found ?? line.count
      let bytes = Self.trimmed(line, start..<end)
      start = end + 1
      if bytes.isEmpty { continue }
      guard let number = bytes.plainNumber else { return false }
      cells.append(Cell(column: column, bytes: bytes, number: number))
    }
    return !cells.isEmpty
  }

  func number(at column: Int) -> Double? { cells.first { $0.column == column }?.number }

  /// The cell of a column if it is an integer.
  func integer(at column: Int) -> Int? { cells.first { $0.column == column }?.bytes.plainInteger }

  private static func trimmed(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) -> UnsafeRawBufferPointer {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, line[start].isSpace { start += 1 }
    while end > start, line[end - 1].isSpace { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: line[start..<end])
  }
}

/// Stands for what a row says, whatever the order of its columns.
struct RowHash {
  private var sum: UInt64 = 0

  var value: Int { Int(truncatingIfNeeded: sum) }

  /// Adds a cell of the column whose name has a hash.
  mutating func add(_ cell: some Sequence<UInt8>, in column: UInt64) {
    sum &+= Self.hash(cell, after: column)
  }

  /// FNV-1a.
  static func hash(_ bytes: some Sequence<UInt8>, after start: UInt64 = 0xCBF2_9CE4_8422_2325) -> UInt64 {
    var hash = start
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    // So that the sum of two cells is not that of two others with the same last byte.
    return hash ^ (hash >> 29)
  }
}
