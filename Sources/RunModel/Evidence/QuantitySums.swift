/// Sums of one quantity over some rows, from which every weighting follows.
package struct QuantityCell: Sendable {
  /// Σ over the rows.
  private(set) var total = 0.0
  /// Σ of the means of the sequences.
  private(set) var sequenceMeans = 0.0
  /// Σ S², Σ S·n and Σ n² over the sequences, of their sums S and their rows n: how far sequences differ.
  private var spread = (squares: 0.0, products: 0.0, counts: 0.0)
  private(set) var greatest = -Double.infinity
  private(set) var rows = 0
  /// Sequences with a row.
  private(set) var sequences = 0

  init() {}

  /// The rows of one sequence.
  init(sequence values: ArraySlice<Double>) { add(sequence: values) }

  /// A sequence of one row.
  init(row value: Double) { add(row: value) }

  /// Adds a sequence of one row.
  mutating func add(row value: Double) {
    total += value
    greatest = value.isNaN ? .nan : max(greatest, value)
    sequenceMeans += value
    spread.squares += value * value
    spread.products += value
    spread.counts += 1
    rows += 1
    sequences += 1
  }

  /// Adds the rows of one sequence.
  mutating func add(sequence values: some Collection<Double>) {
    guard !values.isEmpty else { return }
    var sum = 0.0
    for value in values {
      sum += value
      greatest = value.isNaN ? .nan : max(greatest, value)
    }
    let mean = sum / Double(values.count)
    total += sum
    sequenceMeans += mean
    let count = Double(values.count)
    spread.squares += sum * sum
    spread.products += sum * count
    spread.counts += count * count
    rows += values.count
    sequences += 1
  }

  mutating func merge(_ other: QuantityCell) {
    total += other.total
    sequenceMeans += other.sequenceMeans
    spread.squares += other.spread.squares
    spread.products += other.spread.products
    spread.counts += other.spread.counts
    greatest = other.greatest.isNaN ? .nan : max(greatest, other.greatest)
    rows += other.rows
    sequences += other.sequences
  }

  /// Standard error of the mean over the rows, clustered by sequence: √(Σ(S − mean·n)² · m/(m − 1)) ÷ rows for m
  /// sequences; `nil` for fewer than two.
  package var clusteredError: Double? {
    guard sequences > 1 else { return nil }
    let mean = total / Double(rows)
    let squares = spread.squares - 2 * mean * spread.products + mean * mean * spread.counts
    let clusters = Double(sequences)
    return ((max(0, squares) * clusters / (clusters - 1)).squareRoot() / Double(rows)).finite
  }
}

/// Sums of quantities over the rows that count and over other choices of rows.
package struct QuantitySums: Sendable {
  /// Over the rows that count, by the place of the quantity; as many as were measured.
  private(set) var counted: [QuantityCell] = []
  /// Of measured rows' quantities over other choices of rows; empty where these rows are not known.
  private var chosen: [[QuantityCell]] = Array(repeating: [], count: RowChoice.allCases.count)
  /// Rows, masked ones too.
  private(set) var allRows = 0

  package init() {}

  /// The sums of a quantity over some rows; `nil` where they are not known.
  func cell(_ quantity: RowQuantity, _ choice: RowChoice) -> QuantityCell? {
    cell(place: quantity.place, choice)
  }

  /// - Parameter place: of the quantity in `RowQuantity.all`.
  func cell(place: Int, _ choice: RowChoice) -> QuantityCell? {
    let cells = choice == .counted ? counted : chosen[choice.rawValue]
    guard place < cells.count, cells[place].rows > 0, !cells[place].total.isNaN else { return nil }
    return cells[place]
  }

  /// True where any quantity beyond those of measured rows is known.
  var knowsLogits: Bool { counted.count > RowQuantity.measuredCount }

  /// Adds the rows of one sequence.
  ///
  /// - Parameters:
  ///   - values: of each quantity the value of each position; NaN where there is none.
  ///   - mask: which positions count.
  mutating func add(sequence values: [[Double]], mask: [Bool], knowsMasked: Bool) {
    if counted.isEmpty { counted = Array(repeating: QuantityCell(), count: values.count) }
    let places = mask.indices.filter { mask[$0] }
    for (index, column) in values.enumerated() where index < counted.count {
      counted[index].add(
        sequence: places.map { column[$0] }.filter { index < RowQuantity.measuredCount || !$0.isNaN })
    }
    if counted.count > values.count { counted.removeLast(counted.count - values.count) }
    let isFirst = allRows == 0
    allRows += mask.count
    for choice in RowChoice.allCases where choice != .counted {
      guard let rows = Self.rows(choice, mask, isFirst: isFirst, knowsMasked: knowsMasked) else { continue }
      let index = choice.rawValue
      if chosen[index].isEmpty || choice == .lastSequence {
        chosen[index] = Array(repeating: QuantityCell(), count: RowQuantity.measuredCount)
      }
      for quantity in 0..<min(RowQuantity.measuredCount, values.count) {
        chosen[index][quantity].add(sequence: rows.map { values[quantity][$0] })
      }
    }
  }

  /// Adds the rows of one sequence, all of which count.
  ///
  /// - Parameter values: of each quantity of measured rows the value of each row, one quantity behind the other.
  mutating func add(wholeSequence values: [Double], rows: Int) {
    func column(_ quantity: Int) -> ArraySlice<Double> { values[quantity * rows..<(quantity + 1) * rows] }
    let quantities = 0..<RowQuantity.measuredCount
    guard rows > 0, counted.isEmpty || counted.count == quantities.count else {
      return add(
        sequence: quantities.map { Array(column($0)) }, mask: Array(repeating: true, count: rows),
        knowsMasked: false)
    }
    let cells = quantities.map { QuantityCell(sequence: column($0)) }
    let isFirst = allRows == 0
    allRows += rows
    // What is the same is kept once: most records have one sequence, and many sequences one row.
    if isFirst {
      counted = cells
      chosen[RowChoice.firstSequence.rawValue] = cells
    } else {
      for index in quantities { counted[index].merge(cells[index]) }
    }
    chosen[RowChoice.lastSequence.rawValue] = cells
    for (choice, row) in [(RowChoice.firstPositions, 0), (.lastPositions, rows - 1)] {
      let place = choice.rawValue
      if chosen[place].isEmpty {
        chosen[place] = rows == 1 ? cells : quantities.map { QuantityCell(row: values[$0 * rows + row]) }
      } else {
        for index in quantities { chosen[place][index].add(row: values[index * rows + row]) }
      }
    }
  }

  /// The positions of a sequence that a choice takes; `nil` where it takes nothing of it or is not known.
  private static func rows(_ choice: RowChoice, _ mask: [Bool], isFirst: Bool, knowsMasked: Bool) -> [Int]? {
    let counted = mask.indices.filter { mask[$0] }
    switch choice {
    case .counted: return counted
    case .firstSequence: return isFirst ? counted : nil
    case .lastSequence: return counted.isEmpty ? nil : counted
    case .firstPositions: return counted.first.map { [$0] }
    case .lastPositions: return counted.last.map { [$0] }
    default: break
    }
    guard knowsMasked else { return nil }
    return switch choice {
    case .all: Array(mask.indices)
    case .inverted: mask.indices.filter { !mask[$0] }
    case .later: mask.indices.filter { $0 > 0 && mask[$0 - 1] }
    case .earlier: mask.indices.filter { $0 + 1 < mask.count && mask[$0 + 1] }
    case .withPrompt: counted.last.map { Array(0...$0) }
    case .withPadding: counted.first.map { Array($0..<mask.count) }
    default: nil
    }
  }

  /// Two records' sums under the same moves of their logits; empty where one has none.
  static func merged(_ left: [QuantitySums], _ right: [QuantitySums]) -> [QuantitySums] {
    zip(left, right).map { left, right in
      var both = left
      both.merge(right)
      return both
    }
  }

  /// Takes in another record's.
  mutating func merge(_ other: QuantitySums) {
    guard allRows > 0 else { return self = other }
    guard other.allRows > 0 else { return }
    let known = min(counted.count, other.counted.count)
    counted = (0..<known).map { index in
      var cell = counted[index]
      cell.merge(other.counted[index])
      return cell
    }
    for choice in RowChoice.allCases where choice != .counted && choice != .firstSequence {
      let (mine, theirs) = (chosen[choice.rawValue], other.chosen[choice.rawValue])
      if choice == .lastSequence {
        chosen[choice.rawValue] = theirs
      } else {
        chosen[choice.rawValue] = zip(mine, theirs).map { mine, theirs in
          var cell = mine
          cell.merge(theirs)
          return cell
        }
      }
    }
    allRows += other.allRows
  }
}
