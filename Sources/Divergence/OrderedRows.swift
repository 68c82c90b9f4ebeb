/// The rows of one step in the order of size, NaN above all; equal ones as they came.
struct OrderedRows {
  struct Row {
    var value: Double
    var sample: Int
  }

  private(set) var rows: [Row]

  /// Fewer rows are sorted by comparing them.
  private static let few = 256
  private static let digitBits = 11
  private static let digits = 1 << digitBits

  /// - Parameter samples: the sample that each row belongs to, as many as values; nil where rows have none.
  init(_ values: Span<Double>, _ samples: Span<Int>?) {
    rows = values.indices.map { Row(value: values[$0], sample: samples?[$0] ?? 0) }
    if rows.count < Self.few {
      rows.sort { Self.key($0.value) < Self.key($1.value) }
    } else {
      sortByDigits()
    }
  }

  /// A number with the order of the value: NaN of every kind is the greatest, and 0 has no sign.
  private static func key(_ value: Double) -> UInt64 {
    if value.isNaN { return .max }
    let bits = (value + 0).bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }

  /// Digit by digit from the last, each pass in the time of one sweep over the rows: what `sorted` compares n·log n times.
  private mutating func sortByDigits() {
    var keys = rows.map { Self.key($0.value) }
    // Bits that are the same in every key are no reason to move anything.
    let differing = keys.reduce(0) { $0 | ($1 ^ keys[0]) }
    var (otherRows, otherKeys) = (rows, keys)
    for shift in stride(from: 0, to: 64, by: Self.digitBits) {
      let mask = UInt64(Self.digits - 1)
      guard differing >> UInt64(shift) & mask != 0 else { continue }
      var places = [Int](repeating: 0, count: Self.digits + 1)
      for key in keys { places[Int(key >> UInt64(shift) & mask) + 1] += 1 }
      for digit in 0..<Self.digits { places[digit + 1] += places[digit] }
      for index in rows.indices {
        let digit = Int(keys[index] >> UInt64(shift) & mask)
        let place = places[digit]
        places[digit] = place + 1
        otherRows[place] = rows[index]
        otherKeys[place] = keys[index]
      }
      swap(&rows, &otherRows)
      swap(&keys, &otherKeys)
    }
  }
}

/// A sum for each sample, numbered densely or not.
struct SumsBySample {
  private var dense: [Double?] = []
  private var sparse: [Int: Double] = [:]
  private let first: Int

  /// Room for numbers that no sample has, for every one that a row has.
  private static let mostRoom = 2

  init(_ rows: [OrderedRows.Row]) {
    let numbers = rows.lazy.map(\.sample)
    let (least, greatest) = (numbers.min() ?? 0, numbers.max() ?? -1)
    first = least
    let (span, overflow) = greatest.subtractingReportingOverflow(least)
    if !overflow, span < rows.count * Self.mostRoom { dense = Array(repeating: nil, count: span + 1) }
  }

  mutating func add(_ value: Double, _ sample: Int) {
    if dense.isEmpty {
      sparse[sample, default: 0] += value
    } else {
      dense[sample - first] = (dense[sample - first] ?? 0) + value
    }
  }

  /// The sums of samples that have one, in no order.
  var all: [Double] { dense.isEmpty ? Array(sparse.values) : dense.compactMap(\.self) }
}
