/// Rows that lie one behind the other in one part of each model.
struct RowRange: Sendable, Equatable {
  let policyPart: Int
  let referencePart: Int
  /// First row in the source of each.
  let policyRow: Int
  let referenceRow: Int
  /// Its first row among all rows that are compared.
  let first: Int
  let count: Int

  /// True where both models' rows lie in the same files.
  func isOfSameFiles(as other: RowRange) -> Bool {
    policyPart == other.policyPart && referencePart == other.referencePart
  }

  /// A piece of the run; the range counts from its start.
  func piece(_ range: Range<Int>) -> RowRange {
    RowRange(
      policyPart: policyPart, referencePart: referencePart, policyRow: policyRow + range.lowerBound,
      referenceRow: referenceRow + range.lowerBound, first: first + range.lowerBound, count: range.count)
  }

  /// The run in pieces of at most so many rows.
  func pieces(ofAtMost rows: Int) -> [RowRange] {
    stride(from: 0, to: count, by: rows).map { piece($0..<min(count, $0 + rows)) }
  }
}

extension PromptComparison {
  /// The rows of both models beside each other, in as few runs as possible.
  var runs: [RowRange] {
    var runs: [RowRange] = []
    var mine = RangeCursor(policy), theirs = RangeCursor(reference)
    var first = 0
    while let policyRows = mine.rest, let referenceRows = theirs.rest {
      let count = min(policyRows.count, referenceRows.count)
      runs.append(
        RowRange(
          policyPart: mine.part, referencePart: theirs.part, policyRow: policyRows.lowerBound,
          referenceRow: referenceRows.lowerBound, first: first, count: count))
      mine.advance(count)
      theirs.advance(count)
      first += count
    }
    return runs
  }
}

/// A place in the row ranges of several parts.
private struct RangeCursor {
  private let ranges: [(part: Int, rows: Range<Int>)]
  private var index = 0
  private var taken = 0

  init(_ parts: [LogitsPart]) {
    ranges = parts.indices.flatMap { part in
      parts[part].rowRanges.filter { !$0.isEmpty }.map { (part, $0) }
    }
  }

  var part: Int { ranges[index].part }

  /// What is left of the range; nil at the end.
  var rest: Range<Int>? { index < ranges.count ? ranges[index].rows.dropFirst(taken) : nil }

  mutating func advance(_ count: Int) {
    taken += count
    if taken == ranges[index].rows.count {
      index += 1
      taken = 0
    }
  }
}

extension [RowRange] {
  /// Without the rows that do not count, except in gaps of at most `bridge` rows, which cost less than a new run.
  func covering(_ counts: [Bool], bridge: Int) -> [RowRange] {
    if counts.isEmpty { return self }
    return flatMap { run in
      var ranges: [Range<Int>] = []
      for row in 0..<run.count where counts[run.first + row] {
        if let last = ranges.last, row - last.upperBound <= bridge {
          ranges[ranges.count - 1] = last.lowerBound..<row + 1
        } else {
          ranges.append(row..<row + 1)
        }
      }
      return ranges.map(run.piece)
    }
  }
}
