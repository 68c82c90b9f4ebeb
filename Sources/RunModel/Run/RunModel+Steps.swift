internal import Curves
internal import RunLog

// What is known of the steps, and what there is to say about them.

extension RunModel {
  /// The steps that the sources of the run reach; once some of them grew, what the others have beyond is of old.
  mutating func refreshSteps() {
    let growing = sources.filter(\.hasGrown)
    let first = sources.compactMap(\.firstStep).min()
    let last = (growing.isEmpty ? sources : growing).compactMap(\.lastStep).max()
    firstStep = [first, measuredSteps?.lowerBound].compactMap(\.self).min()
    lastStep = [last, measuredSteps?.upperBound].compactMap(\.self).max()
  }

  /// Takes note of a step that a file of logits or rows is of: the log may not tell of it, or not yet.
  mutating func noteMeasured(step: Int) {
    let known = measuredSteps ?? step...step
    measuredSteps = min(known.lowerBound, step)...max(known.upperBound, step)
    refreshSteps()
  }

  /// What there is to say about how the log was read: first where its steps come from.
  package var allLogNotes: [LogNotes.Note] {
    let inferred = status.stepSource == .logged ? [] : [status.stepSource.note]
    return inferred + logNotes.all
  }

  mutating func note(_ oddity: StepOddity, line: Int, of batch: RecordBatch) {
    oddities.append(
      FoundOddity(
        oddity: oddity, line: line, source: batch.source, file: batch.file, rowsBefore: rows.count))
  }

  /// A step that went back and is not decided yet.
  package var undecidedStep: (fromStep: Int, toStep: Int)? {
    status.sources.lazy.compactMap(\.undecidedStep).first.map { ($0.fromStep, $0.toStep) }
  }

  /// What there is to know about the steps: what is not decided first.
  package var stepNotes: [StepNote] {
    status.sources.compactMap { $0.undecidedStep.map(Self.note) } + oddities.map(note) + lateNote
      + severalValuesNote
  }

  private static func note(_ undecided: UndecidedStep) -> StepNote {
    StepNote(
      kind: .undecided,
      message: "step went back \(undecided.fromStep) → \(undecided.toStep); the next records tell what it is")
  }

  private func note(_ found: FoundOddity) -> StepNote {
    let (kind, message): (StepNote.Kind, String) =
      switch found.oddity {
      case .twoWriters(let key):
        (
          .twoWriters,
          "two programs write \(key) into the log and nothing tells them apart: both are in one curve"
        )
      case .severalWriters(let tag):
        (.severalWriters, "several programs write into the log, told apart by \(tag): all are in one curve")
      case .countedByEpoch:
        (.countedByEpoch, "the log counts steps anew in each epoch: they are joined, so steps are inferred")
      case .evaluationsByEpoch(let key):
        (
          .countedByEpoch,
          "\(key) stands at the number of its epoch: it is put at the last step of the training, so its step is inferred"
        )
      case .secondCounter(let key, let lead):
        (
          .secondCounter,
          "\(key) counts its own steps\(range(of: key)); \(lead)\(range(of: lead)): nothing says how they fit"
        )
      }
    return StepNote(kind: kind, message: message, line: found.line, file: found.file)
  }

  /// ` 1–5`.
  private func range(of key: String) -> String {
    guard let branch = series(named: key)?.current, branch.count > 0 else { return "" }
    return " \(branch.step(0, rows: rows))–\(branch.lastStep)"
  }

  private var lateNote: [StepNote] {
    let late = status.sources.reduce(0) { $0 + $1.lateRecords }
    guard late > 0 else { return [] }
    let records = late == 1 ? "1 record came" : "\(late) records came"
    return [StepNote(kind: .late, message: "\(records) after a later step and stands in its place")]
  }

  private var severalValuesNote: [StepNote] {
    // Sets tell values apart.
    guard knownSets.count < 2 else { return [] }
    let odd = series.filter { $0.current.repeatedSteps > 0 }
    guard let first = odd.first else { return [] }
    let names = odd.prefix(Self.namedKeys).map(\.name).joined(separator: ", ")
    let more = odd.count > Self.namedKeys ? " and \(odd.count - Self.namedKeys) more" : ""
    let times = first.current.repeatedSteps
    let what =
      odd.count > 1
      ? "have two values at one step" : "has two values at one step\(times == 1 ? "" : ", \(times) times")"
    return [
      StepNote(
        kind: .severalValues, message: "\(names)\(more) \(what): both are kept, the later one is the value")
    ]
  }

  /// Keys that a sentence can name.
  private static let namedKeys = 3
}

extension StepSource {
  fileprivate var note: LogNotes.Note {
    LogNotes.Note(kind: .inferredSteps, message: "the log names no whole steps: they are \(rawValue)")
  }
}
