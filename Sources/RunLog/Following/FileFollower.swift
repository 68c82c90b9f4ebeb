internal import FileAccess

/// Reads one file of a run, now and as it grows: whoever holds it asks for the next batch.
///
/// Nothing here waits, and no thread is started.
struct FileFollower: ~Copyable {
  var source: ByteSource
  var buffer = LineBuffer(padding: LineDialect.padding)
  let keys: KeyInterner
  /// What the bytes turned out to be.
  var content = SourceContent()
  /// Bytes that are not plain yet, where the source is compressed or of another encoding.
  var encoded: EncodedInput?
  /// What of the last line, which has not ended, was dealt with.
  var unended = UnendedLine()
  /// Nothing more is there now: what is there is all there is to decide with.
  private(set) var isIdle = false
  private var handedOver = HandedOver()
  private var kept = KeptBytes()
  var status = ReadStatus()
  /// What is there is the whole source: its last line ends with it.
  private let endsHere: Bool
  var hasFinished = false

  /// Bytes read at once: small enough to be decoded while they are in the processor's cache.
  private static let chunk = 1 << 18
  /// Opening and starting over come without bytes; a file that only ever does that must not keep the caller.
  private static let mostStepsWithoutBytes = 8
  /// What is known of a source changes a few times at most.
  private static let mostRereadings = 6

  /// - Parameter endsHere: nothing is followed, so that a last line without its newline is whole.
  init(_ source: ByteSource, keys: KeyInterner, dialect: Dialect? = nil, endsHere: Bool = false) {
    self.endsHere = endsHere
    self.source = source
    self.keys = keys
    content.forced = dialect
  }

  /// The file in use; before there is one the path that was asked for.
  var path: String { source.logPath ?? source.path }

  /// Descriptor that becomes readable when there is more, for a pipe.
  var pipeDescriptor: Int32? { source.pipeDescriptor }

  /// Where changes show that there may be more.
  var watchTargets: WatchTargets { source.watchTargets }

  /// The next records, in the order of the file; empty where nothing is new. `status` is always set.
  mutating func nextBatch(limit: ReadLimit) -> RecordBatch {
    var batch = RecordBatch()
    reserve(&batch)
    status.source = read(limit, into: &batch)
    content.decoder?.finishBatch(&batch)
    var rereadings = 0
    while let reader = content.decoder, reader.wantsRereading, rereadings < Self.mostRereadings,
      rewind(reader, &batch)
    {
      rereadings += 1
      status.source = read(limit, into: &batch)
      content.decoder?.finishBatch(&batch)
    }
    noteStatus(of: batch)
    batch.modified = source.modified
    batch.status = status
    handedOver.note(batch)
    return batch
  }

  private mutating func noteStatus(of batch: borrowing RecordBatch) {
    status.dialect = content.frames?.dialect ?? content.decoder?.dialect
    status.stepSource = content.frames?.stepSource ?? content.decoder?.stepSource ?? .logged
    if let frames = content.frames { status.lines = frames.lines }
    status.bytesRead = source.bytesRead
    status.bytesTotal = source.bytesTotal
    let hasContent = handedOver.hasContent || !batch.numbers.isEmpty || !batch.distributions.isEmpty
    status.obstacle = obstacle(hasContent: hasContent)
  }

  private mutating func read(_ limit: ReadLimit, into batch: inout RecordBatch) -> SourceState {
    var budget = max(limit.bytes, 1)
    var stepsWithoutBytes = 0
    isIdle = false
    while stepsWithoutBytes <= Self.mostStepsWithoutBytes {
      decode(limit, &batch)
      if isFull(batch, limit) || budget == 0 { return .reading }
      let before = source.bytesRead
      let step = advance(min(Self.chunk, budget))
      if let foreign = content.foreign { return .failed("\(path): \(foreign)") }
      switch step {
      case .more: break
      case .startedOver(let kind): startOver(kind, &batch)
      case .idle(let state):
        isIdle = true
        decode(limit, &batch)
        if let foreign = content.foreign { return .failed("\(path): \(foreign)") }
        if isFull(batch, limit) { return .reading }
        if content.frames == nil { decodeTail(&batch) }
        if endsHere, state == .upToDate || state == .ended { finish(limit, &batch) }
        return state
      }
      let got = max(0, source.bytesRead - before)
      budget -= min(budget, got)
      stepsWithoutBytes = got > 0 ? 0 : stepsWithoutBytes + 1
    }
    return .reading
  }

  /// Reads the next bytes, through the decoder of what they are written in.
  private mutating func advance(_ count: Int) -> ByteSource.Step {
    guard let encoded else {
      let before = source.bytesRead
      let step = source.advance(count, into: &buffer)
      keepOfPipe(buffer.latest(max(0, source.bytesRead - before)))
      return step
    }
    let before = source.bytesRead
    let step = source.advance(count, into: &encoded.raw)
    keepOfPipe(encoded.raw.latest(max(0, source.bytesRead - before)))
    return decode(encoded) ? .more : step
  }

  /// Makes plain bytes of encoded ones; true where there are more than one turn makes.
  mutating func decode(_ encoded: EncodedInput) -> Bool {
    do throws(EncodingProblem) {
      return try encoded.decode(into: &buffer)
    } catch {
      if status.lines == 0 { content.foreign = error.reason }
      return false
    }
  }

  /// What a pipe gave cannot be asked for again.
  private mutating func keepOfPipe(_ bytes: UnsafeRawBufferPointer) {
    if source.pipeDescriptor != nil { kept.add(bytes) }
  }

  /// Goes back to the start of the source; false where that is gone.
  ///
  /// Keys that were announced stay; everything else of the batch comes again.
  private mutating func rewind(_ reader: any LineDecoder, _ batch: inout RecordBatch) -> Bool {
    let again = source.rewind() ? [] : kept.bytes
    reader.startAgain()
    guard let again else {
      if let sentence = kept.remark(line: status.lines) {
        batch.notices.append(
          LogNotice(position: batch.records.count, line: status.lines, kind: .remark(sentence)))
      }
      return false
    }
    let keys = batch.newKeys
    let starts = batch.notices.filter(\.isStartOver)
    batch = RecordBatch()
    batch.newKeys = keys
    batch.notices = starts.map { LogNotice(position: 0, line: $0.line, kind: $0.kind) }
    if handedOver.hasRecords {
      batch.notices += [.stepsRevised, .printedOutput].map { LogNotice(position: 0, line: 1, kind: $0) }
    }
    buffer.dropPending()
    if let encoding = encoded?.encoding { encoded = EncodedInput(encoding) }
    again.withUnsafeBytes { bytes in
      if let encoded { encoded.raw.append(bytes) } else { buffer.append(bytes) }
    }
    unended = UnendedLine()
    hasFinished = false
    status.lines = 0
    return true
  }

  /// Makes room for as much as the last batch held: logs go on as they began.
  private func reserve(_ batch: inout RecordBatch) {
    batch.records.reserveCapacity(handedOver.lastRecords)
    batch.numbers.reserveCapacity(handedOver.lastNumbers)
    batch.numberKeys.reserveCapacity(handedOver.lastNumbers)
  }

  func isFull(_ batch: borrowing RecordBatch, _ limit: ReadLimit) -> Bool {
    batch.records.count + batch.notices.count >= max(limit.records, 1)
  }

  mutating func decode(_ limit: ReadLimit, _ batch: inout RecordBatch) {
    if !content.isRecognised { recognise(&batch) }
    guard content.isRecognised else { return }
    if content.frames != nil {
      decodeFrames(limit, &batch)
    } else {
      decodeLines(limit, &batch)
    }
  }

  private mutating func decodeFrames(_ limit: ReadLimit, _ batch: inout RecordBatch) {
    let room = max(limit.records, 1) - batch.records.count - batch.notices.count
    guard room > 0, let frames = content.frames, buffer.pendingCount > 0 else { return }
    buffer.drop(frames.decode(buffer.pending, limit: room, into: &batch))
    if buffer.pendingCount > limit.lineBytes { buffer.dropPending() }
  }

  private mutating func startOver(_ kind: StartOver, _ batch: inout RecordBatch) {
    if content.frames == nil { decodeTail(&batch) }
    content.decoder?.finishBatch(&batch)
    buffer.dropPending()
    unended = UnendedLine()
    hasFinished = false
    // What comes again of the new content takes nothing back of the old one.
    handedOver.hasRecords = false
    encoded = nil
    kept = KeptBytes()
    status.lines = 0
    if content.startOver() { return }
    batch.notices.append(LogNotice(position: batch.records.count, line: 1, kind: .startedOver(kind)))
  }
}

extension LogNotice {
  fileprivate var isStartOver: Bool {
    if case .startedOver = kind { return true }
    return false
  }
}

/// What was handed over of a source.
private struct HandedOver {
  /// Records, or notices about them.
  var hasRecords = false
  /// Records that have numbers, or logits.
  private(set) var hasContent = false
  /// Records and numbers of the last batch.
  private(set) var lastRecords = 0
  private(set) var lastNumbers = 0

  mutating func note(_ batch: borrowing RecordBatch) {
    if !batch.numbers.isEmpty || !batch.distributions.isEmpty { hasContent = true }
    (lastRecords, lastNumbers) = (batch.records.count, batch.numbers.count)
    if !batch.records.isEmpty || batch.notices.contains(where: { !$0.isStartOver }) { hasRecords = true }
  }
}

/// What a pipe gave so far, as long as it may have to be read again.
private struct KeptBytes {
  /// `nil` where more came than is kept.
  private(set) var bytes: [UInt8]? = []
  private var hasTold = false

  private static let most = 1 << 22

  mutating func add(_ new: UnsafeRawBufferPointer) {
    guard let count = bytes?.count else { return }
    if count + new.count > Self.most { bytes = nil } else { bytes?.append(contentsOf: new) }
  }

  /// Says once that the pipe would have to be read again.
  mutating func remark(line: Int) -> String? {
    if hasTold { return nil }
    hasTold = true
    return
      "line \(line) shows other steps than those that kltop took, and kltop keeps no more than \(Self.most >> 20) MB of standard input: what came before keeps its steps. A file it would read again."
  }
}
