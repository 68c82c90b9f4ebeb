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
    file.map { RowEvidence(row: $0.first + index, of: $0.rows) } ?? held[index]
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
  /// A row of a rows file.
  fileprivate init(row: Int, of file: RowsFile) {
    let flags = file.flags(row)
    position = file.position(row)
    policyReference = file.policyReference(row)
    referencePolicy = file.referencePolicy(row)
    policyEntropy = file.policyEntropy(row)
    referenceEntropy = file.referenceEntropy(row)
    policyTop = file.policyTop(row)
    referenceTop = file.referenceTop(row)
    masksDiffer = flags.contains(.masksDiffer)
    let target = flags.contains(.noTarget) ? -1 : file.target(row)
    guard target >= 0 else { return }
    setTarget(target, policy: file.policyTarget(row), reference: file.referenceTarget(row))
    policyMargin = Margin.of(row: row, in: file)
  }
}
