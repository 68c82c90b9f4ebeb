package import LogitsFiles

/// The rows of a sample: held, or read from their rows file as they are looked at.
package struct RowEvidenceList: RandomAccessCollection, Sendable {
  /// Rows that lie one behind the other in a file.
  struct Stretch: Sendable {
    var rows: RowsFile
    var first: Int
  }

  private var held: [RowEvidence] = []
  /// Where they lie; nil for rows that are held.
  let file: Stretch?
  package private(set) var count: Int

  package init(_ rows: [RowEvidence]) {
    held = rows
    file = nil
    count = rows.count
  }

  /// Rows of a file, which stays mapped as long as they are kept.
  package init(_ range: Range<Int>, of file: RowsFile) {
    self.file = Stretch(rows: file, first: range.lowerBound)
    count = range.count
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> RowEvidence {
    guard let file else { return held[index] }
    var row = withoutMargin(index)
    if row.target >= 0 { row.policyMargin = Margin.of(row: file.first + index, in: file.rows) }
    return row
  }

  /// A row as it is in its columns alone: its margin, which of a file stands among its entries, is not looked for.
  func withoutMargin(_ index: Int) -> RowEvidence {
    file.map { RowEvidence(row: $0.first + index, of: $0.rows) } ?? held[index]
  }

  /// The policy's likeliest entry at a row, −1 where there is none.
  func policyTop(_ index: Int) -> Int {
    file.map { $0.rows.policyTop($0.first + index) } ?? held[index].policyTop
  }

  /// D(π_θ‖π_θ0) of a row, nats.
  package func policyReference(_ index: Int) -> Double {
    file.map { $0.rows.policyReference($0.first + index) } ?? held[index].policyReference
  }

  /// D(π_θ0‖π_θ) of a row, nats.
  package func referencePolicy(_ index: Int) -> Double {
    file.map { $0.rows.referencePolicy($0.first + index) } ?? held[index].referencePolicy
  }
}

extension RowEvidence {
  /// A row of a rows file, without its margin.
  fileprivate init(row: Int, of file: RowsFile) {
    let row = file.row(row)
    position = row.position
    policyReference = row.policyReference
    referencePolicy = row.referencePolicy
    policyEntropy = row.policyEntropy
    referenceEntropy = row.referenceEntropy
    policyTop = row.policyTop
    referenceTop = row.referenceTop
    masksDiffer = row.flags.contains(.masksDiffer)
    guard !row.flags.contains(.noTarget), row.target >= 0 else { return }
    setTarget(row.target, policy: row.policyTarget, reference: row.referenceTarget)
  }
}
