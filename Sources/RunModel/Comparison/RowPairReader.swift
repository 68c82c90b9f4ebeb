internal import Divergence
internal import LogitsFiles
internal import RealModule
internal import RunLog

/// Open files of both models.
struct RowPairReader: ~Copyable {
  /// Memory for rows that cannot be lent in place.
  struct Rooms: ~Copyable {
    var policy = RowBuffer()
    var reference = RowBuffer()
  }

  private let policy: MappedLogits
  private let reference: MappedLogits
  private let policySource: RowSource
  private let referenceSource: RowSource
  private let vocabulary: Int
  private let threads: Int?

  /// The files of a run of rows.
  init(_ prompt: PromptComparison, run: RowRange, threads: Int?) throws(LogitsFileProblem) {
    let policyPart = prompt.policy[run.policyPart]
    let referencePart = prompt.reference[run.referencePart]
    let policy = try MappedLogits(policyPart.file)
    let reference = try MappedLogits(referencePart.file)
    self.policy = policy
    self.reference = reference
    policySource = policyPart.source
    referenceSource = referencePart.source
    vocabulary = prompt.vocabulary
    self.threads = threads
  }

  /// True where no row of either model is copied.
  var isLentInPlace: Bool {
    policySource.isLentInPlace(vocabulary: vocabulary)
      && referenceSource.isLentInPlace(vocabulary: vocabulary)
  }

  /// Bytes of an entry in both models together, and in the wider of the two.
  var bytesPerEntry: Int { policySource.type.byteCount + referenceSource.type.byteCount }
  var widestEntry: Int { max(policySource.type.byteCount, referenceSource.type.byteCount) }

  /// Throws where a file changed while it was read.
  func checkUnchanged() throws(LogitsFileProblem) {
    try policy.checkUnchanged()
    try reference.checkUnchanged()
  }

  /// Measures a block of rows.
  ///
  /// - Parameter targets: the right class of each row, where it has one.
  func measure(
    _ block: RowRange, targets: [Int?], _ rooms: inout Rooms
  ) throws(LogitsFileProblem) -> [ComparedRow] {
    try withRows(block, &rooms.policy, &rooms.reference) { (p, q) throws(LogitsFileProblem) in
      let rows = try divergences(p, q, totalVariation: true)
      return rows.indices.map { row in
        ComparedRow(
          row: block.first + row, divergence: rows[row], target: targets[row],
          targetLogProbabilities: targets[row].map { target in
            let index = row * vocabulary + target
            return (
              policySource.type.number(in: p, at: index) - rows[row].policyLogMass,
              referenceSource.type.number(in: q, at: index) - rows[row].referenceLogMass
            )
          },
          policyMargin: targets[row].map { margin(of: $0, row: row, rows[row], in: p) } ?? .nan,
          givesNaNInTorch: rows[row].isNaN
            || rows[row].leastLogProbabilityUnderMask < leastLogProbabilityInTorch)
      }
    }
  }

  /// The policy's margin of a right class.
  ///
  /// Of a long row that the policy is sure of the least that it can be is enough: all other entries together have what
  /// the right one leaves.
  private func margin(of target: Int, row: Int, _ measured: RowDivergence, in logits: RawSpan) -> Double {
    func logit(_ index: Int) -> Double { policySource.type.number(in: logits, at: row * vocabulary + index) }
    let (top, own) = (measured.policyArgmax, logit(target))
    if top >= 0, top != target { return own - logit(top) }
    let logProbability = own - measured.policyLogMass
    let least = logProbability - Double.log(max(0, -Double.expMinusOne(logProbability)))
    if vocabulary > Self.longRow, least >= Margin.near { return least }
    return Margin.of(target, among: vocabulary, logit: logit)
  }

  /// Entries from which on a row is not gone through a second time.
  private static let longRow = 65_536

  /// D(policy‖reference) of each row of a block, nats.
  func divergences(_ block: RowRange, _ rooms: inout Rooms) throws(LogitsFileProblem) -> [Double] {
    try withRows(block, &rooms.policy, &rooms.reference) { (p, q) throws(LogitsFileProblem) in
      try divergences(p, q, totalVariation: false).map(\.policyReference)
    }
  }

  /// The logits of a block of rows, in float64.
  func numbers(
    _ block: RowRange, _ rooms: inout Rooms
  ) throws(LogitsFileProblem) -> (policy: [Double], reference: [Double]) {
    let count = block.count * vocabulary
    return try withRows(block, &rooms.policy, &rooms.reference) { (p, q) throws(LogitsFileProblem) in
      (
        (0..<count).map { policySource.type.number(in: p, at: $0) },
        (0..<count).map { referenceSource.type.number(in: q, at: $0) }
      )
    }
  }

  private func withRows<Result>(
    _ block: RowRange, _ policyRoom: inout RowBuffer, _ referenceRoom: inout RowBuffer,
    _ body: (RawSpan, RawSpan) throws(LogitsFileProblem) -> Result
  ) throws(LogitsFileProblem) -> Result {
    let policyRows = block.policyRow..<block.policyRow + block.count
    let referenceRows = block.referenceRow..<block.referenceRow + block.count
    return try policy.withRows(policyRows, of: policySource, vocabulary: vocabulary, room: &policyRoom) {
      (p) throws(LogitsFileProblem) in
      try reference.withRows(
        referenceRows, of: referenceSource, vocabulary: vocabulary, room: &referenceRoom
      ) { (q) throws(LogitsFileProblem) in try body(p, q) }
    }
  }

  private func divergences(
    _ p: RawSpan, _ q: RawSpan, totalVariation: Bool
  ) throws(LogitsFileProblem) -> [RowDivergence] {
    do throws(ShapeError) {
      return try RowDivergence.measure(
        policy: p, storedAs: LogitsScalar(policySource.type), reference: q,
        storedAs: LogitsScalar(referenceSource.type), vocabularySize: vocabulary,
        totalVariation: totalVariation,
        maximumThreads: threads)
    } catch {
      throw LogitsFileProblem(policy.header.path, "\(error)")
    }
  }

  /// Below this log-probability the softmax of torch is 0: half of the least float32, or float64.
  private var leastLogProbabilityInTorch: Double { policySource.type == .float64 ? -745.13 : -103.97 }
}

extension LogitsScalar {
  /// - Precondition: the type is one that logits may have.
  fileprivate init(_ type: ElementType) {
    switch type {
    case .float64: self = .float64
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    default: self = .float32
    }
  }
}
