/// A bounded number of decoded records, in the order of the file, as the reading thread hands them over.
///
/// Numbers lie side by side in two flat columns; a record owns a range of them. Keys are interned: `numberKeys` holds
/// indices into the list that grows by `newKeys` with every batch of one source, starting at 0 with the first batch.
package struct RecordBatch: Sendable {
  /// Which of the run's sources it came from: an index into `status.sources`.
  package var source = 0
  /// The file it came from, where the run has more than one.
  package var file: String?
  /// Last change of the file, nanoseconds since 1970; `nil` for a pipe.
  package var modified: Int64?
  /// Names of the keys seen for the first time, nested ones joined with `/`, with the `eval/` prefix where it applies.
  package var newKeys: [String] = []
  package var records: ContiguousArray<Record> = []
  /// Key of each number, as an index into all keys so far.
  package var numberKeys: ContiguousArray<UInt32> = []
  /// Value of each number; NaN and infinities are values.
  package var numbers: ContiguousArray<Double> = []
  /// Strings kept for display: key, value and the record they came with.
  package var texts: [RecordText] = []
  /// Logits, sampled log-probabilities and top-k lists, each with the index of its record.
  package var distributions: [DistributionRecord] = []
  package var notices: [LogNotice] = []
  package var status = ReadStatus()

  package init() {}

  package var isEmpty: Bool { records.isEmpty && notices.isEmpty && newKeys.isEmpty }
}

/// One line of a log that said something.
package struct Record: Sendable {
  /// Line number in its file, from 1.
  package var line: Int
  /// The record's own step, or the last step seen before it (0 at first).
  package var step: Int
  /// True where the line itself names its step.
  package var hasOwnStep: Bool
  /// Seconds since 1970, NaN where the line has no time.
  package var time: Double
  package var phase: Phase
  package var modes: ModelModes
  /// The record's numbers in the batch's `numberKeys` and `numbers`.
  package var numbers: Range<Int>

  package init(
    line: Int, step: Int, hasOwnStep: Bool, time: Double, phase: Phase, modes: ModelModes, numbers: Range<Int>
  ) {
    self.line = line
    self.step = step
    self.hasOwnStep = hasOwnStep
    self.time = time
    self.phase = phase
    self.modes = modes
    self.numbers = numbers
  }
}

/// A string value of a record.
package struct RecordText: Sendable, Hashable {
  /// Index into the batch's `records`.
  package var record: Int
  package var key: String
  /// As it stood in the file.
  package var text: String

  package init(record: Int, key: String, text: String) {
    self.record = record
    self.key = key
    self.text = text
  }
}

/// How far the reading thread has come.
package struct ReadStatus: Sendable, Hashable {
  /// What the content turned out to be; `nil` until a line says.
  package var dialect: Dialect?
  package var stepSource = StepSource.logged
  /// Newline-terminated lines so far, blank ones too, plus a final unterminated one if it is a whole record.
  package var lines: Int = 0
  package var bytesRead: Int = 0
  /// Size of what is there to read, `nil` for a pipe.
  package var bytesTotal: Int?
  package var source: SourceState = .reading
  /// Why what is there gave no record, where nothing more is there now: one phrase that says what it looks like.
  package var obstacle: String?
  /// Each source of the run, in the order in which they were found; a single log has one too.
  package var sources: [SourceStatus] = []

  package init() {}

  /// What the content of a source turned out to be.
  package func dialectOfSource(_ source: Int) -> Dialect? {
    sources.indices.contains(source) ? sources[source].dialect : dialect
  }
}

/// One of the sources of a run, and how far it was read.
package struct SourceStatus: Sendable, Hashable {
  /// The file, or the folder of several files that continue each other.
  package var path: String
  /// What the content turned out to be; `nil` until a line says.
  package var dialect: Dialect?
  /// As in `ReadStatus`, of all its files.
  package var lines = 0
  package var stepSource = StepSource.logged
  package var state = SourceState.reading
  /// Why what is there gave no record: one phrase that says what it looks like.
  package var obstacle: String?
  /// True once all that was there at first had been read: what comes from then on is new.
  package var hasCaughtUp = false
  /// A step that went back and is not decided yet.
  package var undecidedStep: UndecidedStep?
  /// Records of the present branch that came behind later ones.
  package var lateRecords = 0

  package init(path: String) { self.path = path }
}

/// Where the steps of a source come from.
package enum StepSource: String, Sendable, Hashable {
  /// The log names them.
  case logged
  /// The log has fractions of epochs: step = round(epoch × steps per epoch), with a fitted number of steps.
  case inferredFromEpoch = "inferred from epoch"
  /// The log says nothing: rows are counted.
  case inferredFromOrder = "inferred from order"
  /// The log counts them anew in each epoch: epochs are joined.
  case countedByEpoch = "counted anew in each epoch"
}

/// What the source of a run is doing.
package enum SourceState: Sendable, Hashable {
  /// The path does not exist yet.
  case waitingForFile
  /// There is more to read right now.
  case reading
  /// All that is there has been read; more may come.
  case upToDate
  /// The file was there and is gone; what was read stays.
  case removed
  /// End of standard input.
  case ended
  /// The source cannot be read: one line that says why.
  case failed(String)
}
