/// The rows of one evaluation, or of one rank of it: mapped, checked, and read as they are looked at.
///
/// It stays mapped as long as somebody holds it; its descriptor is given back at once. A file that somebody cuts off
/// meanwhile reads as zeros.
package final class RowsFile: @unchecked Sendable {
  // Nothing of it changes after `init`: the mapping is read only.
  package let header: RowsHeader
  private let file: MappedFile
  /// Where each column begins in the file.
  private let starts: Starts
  private let policyReferenceStart: Int
  private let referencePolicyStart: Int
  private let flagsStart: Int
  private let halves: Bool

  /// By the order of the cases: a dictionary would be asked for every number.
  private struct Starts {
    private var offsets = ContiguousArray<Int>(repeating: -1, count: RowsColumn.allCases.count)

    init(_ columns: [RowsColumn: StoredTensor]) {
      for (column, tensor) in columns { offsets[column.rawValue] = tensor.bytes.lowerBound }
    }

    /// `nil` for a column that the file does not have.
    subscript(column: RowsColumn) -> Int? {
      let offset = offsets[column.rawValue]
      return offset < 0 ? nil : offset
    }
  }

  /// What is unusual about a row.
  package struct Flags: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// An entry is masked in exactly one model.
    package static let masksDiffer = Flags(rawValue: 1)
    package static let notANumber = Flags(rawValue: 2)
    package static let noTarget = Flags(rawValue: 4)
    package static let maskedInBoth = Flags(rawValue: 8)
    /// A divergence is finite and greater than any float32.
    package static let beyondFloat32 = Flags(rawValue: 16)
  }

  /// Maps a file and checks every number that the program relies on.
  package init(path: String) throws(LogitsFileProblem) {
    var mapped = try MappedFile(path)
    let header: RowsHeader
    do throws(HeaderProblem) {
      header = try RowsHeader(mapped)
      try RowsCheck(header: header).check(mapped)
    } catch {
      try mapped.checkUnchanged()
      throw LogitsFileProblem(path, error.reason, kind: error.kind)
    }
    try mapped.checkUnchanged()
    mapped.closeDescriptor()
    self.header = header
    starts = Starts(header.columns)
    policyReferenceStart = starts[.policyReference] ?? 0
    referencePolicyStart = starts[.referencePolicy] ?? 0
    flagsStart = starts[.flags] ?? 0
    halves = header.columns[.policyEntries]?.type == .float16
    file = mapped
  }

  /// Rows of a sample.
  package func rows(ofSample sample: Int) -> Range<Int> {
    range((starts[.sampleOffsets] ?? 0) + sample * 8)
  }

  /// Entries of a row.
  private func entries(ofRow row: Int) -> Range<Int> {
    range((starts[.entryOffsets] ?? 0) + row * 8)
  }

  /// Between two edges, which are in order unless the file has shrunk.
  private func range(_ offset: Int) -> Range<Int> {
    let start = Int(file.integer(at: offset, as: Int64.self))
    return start..<max(start, Int(file.integer(at: offset + 8, as: Int64.self)))
  }

  /// The log-probability under the policy of the likeliest entry that a row lists beside one; `nil` where it lists none.
  package func likeliestPolicyEntry(_ row: Int, except id: Int) -> Double? {
    let (ids, values) = (starts[.entryIDs] ?? 0, starts[.policyEntries] ?? 0)
    var best: Double?
    for entry in entries(ofRow: row) where Int(file.integer(at: ids + entry * 4, as: Int32.self)) != id {
      let value =
        halves ? logProbability(.policyEntries, entry) : number(at: values + entry * 4)
      if best.map({ value > $0 }) ?? true { best = value }
    }
    return best
  }

  private func number(_ column: RowsColumn, _ row: Int) -> Double {
    number(at: (starts[column] ?? 0) + row * 4)
  }

  private func number(at offset: Int) -> Double {
    Double(Float(bitPattern: file.integer(at: offset, as: UInt32.self)))
  }

  private func index(_ column: RowsColumn, _ row: Int) -> Int {
    Int(file.integer(at: (starts[column] ?? 0) + row * 4, as: Int32.self))
  }

  package func flags(_ row: Int) -> Flags {
    Flags(rawValue: file.integer(at: flagsStart + row, as: UInt8.self))
  }

  /// What a row's columns say, all at once: whoever goes through many rows asks once for each.
  package struct Row: Sendable {
    package var flags: Flags
    package var position: Int
    /// −1 where no token came.
    package var target: Int
    package var policyTop: Int
    package var referenceTop: Int
    // Nats.
    package var policyReference: Double
    package var referencePolicy: Double
    package var policyEntropy: Double
    package var referenceEntropy: Double
    package var policyTarget: Double
    package var referenceTarget: Double
  }

  package func row(_ row: Int) -> Row {
    let flags = flags(row)
    func divergence(_ start: Int) -> Double {
      let value = number(at: start + row * 4)
      return value == Double(Float.greatestFiniteMagnitude) && flags.contains(.beyondFloat32)
        ? .infinity : value
    }
    return Row(
      flags: flags, position: index(.position, row), target: index(.target, row),
      policyTop: index(.policyTop, row), referenceTop: index(.referenceTop, row),
      policyReference: divergence(policyReferenceStart), referencePolicy: divergence(referencePolicyStart),
      policyEntropy: number(.policyEntropy, row), referenceEntropy: number(.referenceEntropy, row),
      policyTarget: number(.policyTarget, row), referenceTarget: number(.referenceTarget, row))
  }

  /// D(π_θ‖π_θ0) of a row, nats: ∞ where it is beyond float32.
  package func policyReference(_ row: Int) -> Double { divergence(at: policyReferenceStart, row) }

  /// D(π_θ0‖π_θ) of a row, nats: ∞ where it is beyond float32.
  package func referencePolicy(_ row: Int) -> Double { divergence(at: referencePolicyStart, row) }

  private func divergence(at start: Int, _ row: Int) -> Double {
    let value = number(at: start + row * 4)
    return value == Double(Float.greatestFiniteMagnitude) && flags(row).contains(.beyondFloat32)
      ? .infinity : value
  }

  /// ½ Σ |P − Q|, 0…1.
  package func totalVariation(_ row: Int) -> Double { number(.totalVariation, row) }

  /// Token position t: the row predicts token t + 1.
  package func position(_ row: Int) -> Int { index(.position, row) }

  /// The token that came, −1 where none did.
  package func target(_ row: Int) -> Int { index(.target, row) }

  /// Log-probability of the target under each model, nats; NaN without one.
  package func policyTarget(_ row: Int) -> Double { number(.policyTarget, row) }
  package func referenceTarget(_ row: Int) -> Double { number(.referenceTarget, row) }

  /// Place of the target among all V entries, the likeliest 1, equals alike; 0 without one.
  package func policyTargetRank(_ row: Int) -> Int { index(.policyTargetRank, row) }
  package func referenceTargetRank(_ row: Int) -> Int { index(.referenceTargetRank, row) }

  /// The policy's likeliest entry, −1 where a row has none.
  package func policyTop(_ row: Int) -> Int { index(.policyTop, row) }

  /// An entry that a row lists, with its log-probability under each model, nats.
  package struct Entry: Sendable, Hashable {
    package var id: Int
    package var policy: Double
    package var reference: Double
    /// Place among all V entries; 0 where the file does not tell.
    package var policyRank: Int
    package var referenceRank: Int
  }

  /// What a row lists, in the order of the file.
  package func entries(_ row: Int) -> [Entry] {
    entries(ofRow: row).map { entry in
      Entry(
        id: index(.entryIDs, entry), policy: logProbability(.policyEntries, entry),
        reference: logProbability(.referenceEntries, entry),
        policyRank: starts[.policyEntryRanks] == nil ? 0 : index(.policyEntryRanks, entry),
        referenceRank: starts[.referenceEntryRanks] == nil ? 0 : index(.referenceEntryRanks, entry))
    }
  }

  private func logProbability(_ column: RowsColumn, _ entry: Int) -> Double {
    guard halves else { return number(column, entry) }
    let start = (starts[column] ?? 0) + entry * 2
    return file.withBytes(start..<start + 2) { ElementType.float16.number(in: $0, at: 0) }
  }
}
