internal import Divergence

/// What a row of a comparison is told by, and all that its statistics need.
package struct RowWords: Sendable, Hashable {
  /// Words of 64 bits of each row.
  package static let count = 13
  package var words: [UInt64]

  package init(words: [UInt64]) { self.words = words }
}

extension RowWords {
  private static let masksDiffer: UInt64 = 1
  private static let hasTotalVariation: UInt64 = 2
  private static let hasTarget: UInt64 = 4
  private static let hasLogProbabilities: UInt64 = 8
  private static let givesNaN: UInt64 = 16

  init(_ row: ComparedRow) {
    let divergence = row.divergence
    var flags = divergence.masksDiffer ? Self.masksDiffer : 0
    if divergence.totalVariation != nil { flags |= Self.hasTotalVariation }
    if row.target != nil { flags |= Self.hasTarget }
    if row.targetLogProbabilities != nil { flags |= Self.hasLogProbabilities }
    if row.givesNaNInTorch { flags |= Self.givesNaN }
    words = [
      UInt64(bitPattern: Int64(row.row)), divergence.policyReference.bitPattern,
      divergence.referencePolicy.bitPattern, divergence.policyEntropy.bitPattern,
      divergence.referenceEntropy.bitPattern, UInt64(bitPattern: Int64(divergence.policyArgmax)),
      UInt64(bitPattern: Int64(divergence.referenceArgmax)), flags,
      (divergence.totalVariation ?? 0).bitPattern, UInt64(bitPattern: Int64(row.target ?? 0)),
      (row.targetLogProbabilities?.policy ?? 0).bitPattern,
      (row.targetLogProbabilities?.reference ?? 0).bitPattern, 0,
    ]
  }

  /// - Parameter place: of the row among those of its prompt.
  func row(at place: Int) -> ComparedRow {
    func number(_ index: Int) -> Double { Double(bitPattern: words[index]) }
    func integer(_ index: Int) -> Int { Int(truncatingIfNeeded: Int64(bitPattern: words[index])) }
    let flags = words[7]
    return ComparedRow(
      row: place,
      divergence: RowDivergence(
        policyReference: number(1), referencePolicy: number(2), policyEntropy: number(3),
        referenceEntropy: number(4), policyArgmax: integer(5), referenceArgmax: integer(6),
        masksDiffer: flags & Self.masksDiffer != 0,
        totalVariation: flags & Self.hasTotalVariation != 0 ? number(8) : nil),
      target: flags & Self.hasTarget != 0 ? integer(9) : nil,
      targetLogProbabilities: flags & Self.hasLogProbabilities != 0 ? (number(10), number(11)) : nil,
      givesNaNInTorch: flags & Self.givesNaN != 0)
  }

  /// Place of the row among those of its prompt.
  package var place: Int { Int(truncatingIfNeeded: Int64(bitPattern: words[0])) }
}

extension PromptRows {
  /// A part of a prompt's rows as it is kept until all parts are there.
  package struct Part: Sendable {
    package var name: String?
    /// What the samples are called; empty where they are numbered.
    package var names: [String]
    /// Rows of each sample, at most.
    package var positions: Int
    /// Samples of the part, those without rows that count among them.
    package var samples: Int
    package var vocabulary: Int
    package var rows: [RowWords]

    package init(
      name: String?, names: [String], positions: Int, samples: Int, vocabulary: Int, rows: [RowWords]
    ) {
      self.name = name
      self.names = names
      self.positions = positions
      self.samples = samples
      self.vocabulary = vocabulary
      self.rows = rows
    }
  }

  /// The rows as a part that others may be put together with.
  package var part: Part {
    Part(
      name: name, names: names, positions: positions, samples: sampleCount, vocabulary: vocabulary,
      rows: rows.map { RowWords($0) })
  }

  /// Parts of one prompt, one behind the other: samples go on where those of the part before ended.
  ///
  /// - Precondition: there is a part.
  package init(_ parts: [Part]) {
    let positions = parts.map(\.positions).max() ?? 1
    let samples = parts.reduce(0) { $0 + $1.samples }
    self.init(
      name: parts[0].name, names: parts.flatMap(\.names), positions: positions, samples: samples,
      vocabulary: parts[0].vocabulary)
    var before = 0
    for part in parts {
      for row in part.rows {
        let (sample, position) = row.place.quotientAndRemainder(dividingBy: max(1, part.positions))
        rows.append(row.row(at: (before + sample) * positions + position))
      }
      before += part.samples
    }
  }
}
