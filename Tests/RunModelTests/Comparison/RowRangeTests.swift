import RunTestSupport
import Testing

@testable import RunModel

/// Runs of rows that the mask leaves.
struct RowRunTests {
  private let run = RowRange(
    policyPart: 0, referencePart: 1, policyRow: 100, referenceRow: 7, first: 2, count: 10)

  private func ranges(_ runs: [RowRange]) -> [Range<Int>] { runs.map { $0.first..<$0.first + $0.count } }

  @Test func `Pieces cover a run exactly`() {
    for rows in 1...11 {
      let pieces = run.pieces(ofAtMost: rows)
      #expect(pieces.reduce(0) { $0 + $1.count } == 10)
      #expect(
        pieces.allSatisfy {
          $0.policyRow - $0.first == 98 && $0.referenceRow - $0.first == 5 && $0.count <= rows
        })
    }
  }

  @Test func `Rows that do not count are passed over, small gaps are bridged`() {
    let counts = "001101000011".map { $0 == "1" }
    #expect(ranges([run].covering([], bridge: 0)) == [2..<12])
    #expect(ranges([run].covering(counts, bridge: 0)) == [2..<4, 5..<6, 10..<12])
    #expect(ranges([run].covering(counts, bridge: 1)) == [2..<6, 10..<12])
    #expect(ranges([run].covering(counts, bridge: 4)) == [2..<12])
    #expect([run].covering(Array(repeating: false, count: 12), bridge: 4).isEmpty)
  }
}
