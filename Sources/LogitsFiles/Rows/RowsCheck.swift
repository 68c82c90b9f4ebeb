/// Checks the numbers of a rows file once, so that nobody who reads them has to.
///
/// Every list is swept without a branch in the loop; only a list that has a fault is searched for its place.
struct RowsCheck {
  let header: RowsHeader

  /// Entries of a row that are compared each with each; more are sorted.
  private static let fewEntries = 32

  func check(_ file: borrowing MappedFile) throws(HeaderProblem) {
    if let offsets = header.columns[.sampleOffsets] { try Offsets.check(offsets, end: header.rows, file) }
    if let offsets = header.columns[.entryOffsets] { try Offsets.check(offsets, end: header.entries, file) }
    for column in RowsColumn.allCases {
      if let bounds = column.bounds(vocabulary: header.vocabulary) { try checkBounds(column, bounds, file) }
    }
    for column in [RowsColumn.policyReference, .referencePolicy, .policyEntropy, .referenceEntropy] {
      try checkNotNegative(column, file)
    }
    try checkEntries(file)
  }

  private func checkBounds(
    _ column: RowsColumn, _ bounds: ClosedRange<Int32>, _ file: borrowing MappedFile
  ) throws(HeaderProblem) {
    guard let tensor = header.columns[column] else { return }
    try file.withBytes(tensor.bytes) { (bytes) throws(HeaderProblem) in
      func value(_ index: Int) -> Int32 {
        Int32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index * 4, as: Int32.self))
      }
      var (least, greatest) = (bounds.lowerBound, bounds.upperBound)
      for index in 0..<tensor.count {
        least = min(least, value(index))
        greatest = max(greatest, value(index))
      }
      guard least < bounds.lowerBound || greatest > bounds.upperBound else { return }
      for index in 0..<tensor.count where !bounds.contains(value(index)) {
        throw HeaderProblem(
          "\(column.name)[\(index)] is \(value(index)), not within \(bounds.lowerBound)…\(bounds.upperBound)")
      }
    }
  }

  private func checkNotNegative(_ column: RowsColumn, _ file: borrowing MappedFile) throws(HeaderProblem) {
    guard let tensor = header.columns[column] else { return }
    try file.withBytes(tensor.bytes) { (bytes) throws(HeaderProblem) in
      func value(_ index: Int) -> Float {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
      }
      var negative: UInt32 = 0
      for index in 0..<tensor.count { negative |= value(index) < 0 ? 1 : 0 }
      guard negative != 0 else { return }
      for index in 0..<tensor.count where value(index) < 0 {
        throw HeaderProblem("\(column.name)[\(index)] is \(value(index)), below 0")
      }
    }
  }

  /// No row lists an entry twice.
  private func checkEntries(_ file: borrowing MappedFile) throws(HeaderProblem) {
    guard let ids = header.columns[.entryIDs], let offsets = header.columns[.entryOffsets] else { return }
    try file.withBytes(ids.bytes) { (bytes) throws(HeaderProblem) in
      var start = 0
      for row in 0..<header.rows {
        let end = Int(file.integer(at: offsets.bytes.lowerBound + (row + 1) * 8, as: Int64.self))
        if let twice = Self.repeated(start..<end, in: bytes) {
          throw HeaderProblem("row \(row) lists entry \(twice) twice")
        }
        start = end
      }
    }
  }

  /// An entry that is in a range more than once.
  private static func repeated(_ range: Range<Int>, in bytes: RawSpan) -> Int32? {
    func id(_ entry: Int) -> Int32 {
      Int32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: entry * 4, as: Int32.self))
    }
    guard range.count <= fewEntries else {
      let sorted = range.map(id).sorted()
      return zip(sorted, sorted.dropFirst()).first { $0 == $1 }?.0
    }
    for entry in range {
      let own = id(entry)
      var isRepeated = false
      for other in range.lowerBound..<entry { isRepeated = isRepeated || id(other) == own }
      if isRepeated { return own }
    }
    return nil
  }
}
