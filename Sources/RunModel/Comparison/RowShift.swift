internal import Divergence
internal import LogitsFiles

/// Rows of two models that fit much better when one of them moves by a position.
package struct RowShift: Sendable, Equatable {
  /// Position of the reference that fits position 0 of the policy: 1 or −1.
  package let offset: Int
  /// Median of D(policy‖reference) over some rows as they are, and with the shift, nats.
  package let median: Double
  package let shiftedMedian: Double

  /// Rows that are looked at, and the least number that shows something.
  private static let mostRows = 32
  private static let fewestRows = 8
  /// Two models that read the same text differ by less than this on most tokens, nats.
  private static let suspiciousMedian = 0.5
  private static let greatestRatio = 0.1

  /// Looks at some rows of a run; nil where they fit as they are.
  ///
  /// - Parameter measured: rows that were measured, those of the run among them.
  static func find(
    in run: RowRange, measured: [ComparedRow], of pair: borrowing RowPairReader,
    _ rooms: inout RowPairReader.Rooms
  ) throws(LogitsFileProblem) -> RowShift? {
    guard run.count >= fewestRows + 2 else { return nil }
    let inner = run.piece(1..<min(run.count - 1, mostRows + 1))
    let range = inner.first..<inner.first + inner.count
    let values = measured.filter { range.contains($0.row) }.map(\.divergence.policyReference)
    let median = quantile(0.5, of: values.span)
    guard median > suspiciousMedian else { return nil }
    for offset in [1, -1] {
      let moved = try pair.divergences(inner.withReference(movedBy: offset), &rooms)
      let shifted = quantile(0.5, of: moved.span)
      if shifted < median * greatestRatio {
        return RowShift(offset: offset, median: median, shiftedMedian: shifted)
      }
    }
    return nil
  }
}

extension RowRange {
  fileprivate func withReference(movedBy offset: Int) -> RowRange {
    RowRange(
      policyPart: policyPart, referencePart: referencePart, policyRow: policyRow,
      referenceRow: referenceRow + offset, first: first, count: count)
  }
}
