/// One object of equally long lists of numbers by their key, as the history of Keras: a row for each place in them.
struct KeyHistory {
  struct Row {
    var step: Int?
    /// The epoch, where that is what the rows name.
    var epoch: Int?
    var time = Double.nan
    var numbers: [(name: String, value: Double)]
  }

  private var known: Int?

  /// Whether the start of a source is an object of lists, and not the first of many rows that have one.
  static func recognises(_ start: UnsafeRawBufferPointer) -> Recognition {
    let key = start.dropFirst().drop { $0.isSpace }.dropFirst()
    guard let quote = key.firstIndex(of: UInt8(ascii: "\"")) else { return .no }
    let value = key[(quote + 1)...].drop { $0.isSpace || $0 == UInt8(ascii: ":") }
    let isNested = value.first == UInt8(ascii: "[") || value.first == UInt8(ascii: "{")
    let end = start.firstIndex(of: UInt8(ascii: "\n")) ?? start.count
    let line = UnsafeRawBufferPointer(rebasing: start[..<end]).trimmedAtEnd
    guard line.last == UInt8(ascii: "}") else { return end < start.count || !isNested ? .no : .undecided }
    guard start[end...].allSatisfy(\.isSpace) else { return .no }
    var history = KeyHistory()
    return history.rows(of: line).isEmpty && NestedRows(line) == nil ? .no : .yes
  }

  /// The rows of such an object that Python printed, with single quotes.
  static func printed(_ line: UnsafeRawBufferPointer) -> [PairLine]? {
    guard line.firstVisibleByte == UInt8(ascii: "{"), line.contains("'"), line.contains("["),
      line.trimmedAtEnd.last == UInt8(ascii: "}")
    else { return nil }
    var history = KeyHistory()
    let rows = history.rows(of: line)
    guard rows.count >= fewRows else { return nil }
    return rows.enumerated().map { index, row in
      PairLine(
        pairs: row.numbers, step: row.step, epoch: row.step == nil ? Double(row.epoch ?? index) : nil,
        bar: nil)
    }
  }

  /// Rows of a printed object that are believed.
  private static let fewRows = 2

  /// The rows of a whole object, once; none where it is no history.
  mutating func rows(of object: UnsafeRawBufferPointer) -> [Row] {
    guard known != object.count else { return [] }
    known = object.count
    var reader = ListReader(object)
    guard let lists = reader.lists(), let first = lists.first, first.values.count > 1,
      lists.allSatisfy({ $0.values.count == first.values.count }),
      lists.contains(where: { MetricWord.isIn($0.key) })
    else { return [] }
    let steps = lists.first { StepName.rank(ofKey: $0.key) != nil }
    let epochs = lists.first { TableColumns.isEpoch($0.key) && Set($0.values).count == $0.values.count }
    return first.values.indices.map { index in
      Row(
        step: steps.flatMap { Int(exactly: $0.values[index]) },
        epoch: epochs.flatMap { Int(exactly: $0.values[index]) },
        numbers: lists.filter { $0.key != steps?.key }.map { ($0.key, $0.values[index]) })
    }
  }
}

/// Reads an object whose values are lists of numbers, or objects of such.
private struct ListReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  private static let deepest = 8

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  mutating func lists() -> [(key: String, values: [Double])]? {
    var lists: [(key: String, values: [Double])] = []
    return readObject("", depth: 0, &lists) ? lists : nil
  }

  private mutating func readObject(
    _ parent: String, depth: Int, _ lists: inout [(key: String, values: [Double])]
  ) -> Bool {
    guard depth < Self.deepest, take("{") else { return false }
    while !take("}") {
      guard let key = text(), take(":") else { return false }
      let name = parent.isEmpty ? key : parent + "/" + key
      if next == UInt8(ascii: "{") {
        guard readObject(name, depth: depth + 1, &lists) else { return false }
      } else if next == UInt8(ascii: "[") {
        guard let values = list() else { return false }
        lists.append((name, values))
      } else {
        // Beside numbers of its own an object is a row.
        guard depth > 0 || next == UInt8(ascii: "\""), skipScalar() else { return false }
      }
      _ = take(",")
    }
    return true
  }

  private mutating func list() -> [Double]? {
    guard take("[") else { return nil }
    var values: [Double] = []
    while !take("]") {
      guard
        let end = bytes[position...].firstIndex(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "]") })
      else {
        return nil
      }
      let token = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
      if case .plain(let value) = LooseNumber(token) {
        values.append(value)
      } else if token.trimmedAtEnd.elementsEqual("null".utf8) {
        values.append(.nan)
      } else {
        return nil
      }
      position = end
      _ = take(",")
    }
    return values
  }

  private mutating func skipScalar() -> Bool {
    if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") { return text() != nil }
    guard
      let end = bytes[position...].firstIndex(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") })
    else {
      return false
    }
    position = end
    return true
  }

  private mutating func text() -> String? {
    guard let quote = next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != quote {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// The byte that comes next, behind white space.
  private var next: UInt8? {
    mutating get {
      while position < bytes.count, bytes[position].isSpace { position += 1 }
      return position < bytes.count ? bytes[position] : nil
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }
}
