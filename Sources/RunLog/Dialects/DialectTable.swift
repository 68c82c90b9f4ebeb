/// One line of the table of dialects: everything in which one kind of log differs from the next.
struct DialectEntry: Sendable {
  let dialect: Dialect
  /// Who writes it, as the manual says it; empty for another form of a dialect that has a line already.
  var writtenBy = ""
  let reading: DialectReading
  /// Higher for a dialect that says more about each point: where sources of a run say the same, it is believed.
  ///
  /// A native log has modes and logits beside its numbers; then come numbers of float64 with times, those of float32
  /// with times, those without times, and last what a trainer writes only now and then.
  let richness: Int
  /// What its files are called in the directory of a run, where they have names of their own.
  var files: DialectFiles?
  /// False for a log whose steps come in any order: checkpoints are evaluated when somebody gets to it.
  var isInOrder = true
}

/// How a kind of log is told and read.
enum DialectReading: Sendable {
  /// The first bytes tell it; it need not consist of lines.
  case frames(
    recognises: @Sendable (UnsafeRawBufferPointer) -> Recognition,
    makeDecoder: @Sendable (KeyInterner) -> any FrameDecoder)
  /// A line that is not blank tells it; lines are asked until one, or a JSON object, has decided.
  case lines(
    recognises: @Sendable (UnsafeRawBufferPointer) -> Bool,
    makeDecoder: @Sendable (KeyInterner) -> any LineDecoder)
  /// The first lines tell it.
  case headedLines(
    recognises: @Sendable (UnsafeRawBufferPointer) -> Recognition,
    makeDecoder: @Sendable (KeyInterner, UnsafeRawBufferPointer) -> any LineDecoder)
  /// Its path is a folder, which is read as lines.
  case folder(FolderKind)
  /// Lines of any kind, which none of the others is.
  case anyLines(makeDecoder: @Sendable (KeyInterner) -> any LineDecoder)
  /// JSON objects, one a line, that are told by their keys: see `JSONFlavour`.
  case objects
}

/// How the files of a dialect are found in the directory of a run.
struct DialectFiles: Sendable {
  /// True for the name of such a file; a log that is a folder has none.
  let matches: @Sendable (String) -> Bool
  /// False where several files continue each other; else a newer file takes the place of an older one.
  var isOneFile = true
}

extension DialectEntry {
  /// All of them, in the order in which they are asked and in which a directory lists its sources.
  ///
  /// A dialect is added by a file with its decoder and its name, and a line here.
  static let all: [DialectEntry] = [
    DialectEntry(
      dialect: .native,
      writtenBy:
        "`kltop_log.py`, the Python package, or a loop of your own: the lines above", reading: .objects,
      richness: 14),
    DialectEntry(
      dialect: .jsonl,
      writtenBy:
        "anybody: JSON objects of metrics, one a line", reading: .objects, richness: 11),
    DialectEntry(
      dialect: .llamaFactory,
      writtenBy:
        "LLaMA-Factory: `trainer_log.jsonl` (tested on files that its own code wrote)", reading: .objects,
      richness: 7,
      files: DialectFiles { $0 == "trainer_log.jsonl" }),
    DialectEntry(
      dialect: .tinker,
      writtenBy:
        "Tinker's `metrics.jsonl` (tested on hand-written lines)", reading: .objects, richness: 10),
    DialectEntry(
      dialect: .verlJSONL,
      writtenBy:
        "verl's file logger (tested on files that its own code wrote)", reading: .objects, richness: 8),
    DialectEntry(
      dialect: .trainerState,
      writtenBy:
        "Hugging Face Trainer and TRL: `trainer_state.json`, also in `checkpoint-N/`",
      reading: .frames(
        recognises: TrainerStateDecoder.recognises, makeDecoder: { TrainerStateDecoder(keys: $0) }),
      richness: 2, files: DialectFiles { $0 == "trainer_state.json" }),
    DialectEntry(
      dialect: .tensorBoard,
      writtenBy:
        "TensorBoard event files: scalars and rank-0 tensors",
      reading: .frames(
        recognises: TensorBoardDecoder.recognises, makeDecoder: { TensorBoardDecoder(keys: $0) }),
      richness: 9,
      files: DialectFiles(matches: { $0.hasPrefix("events.out.tfevents.") }, isOneFile: false)),
    DialectEntry(
      dialect: .wandb,
      writtenBy:
        "W&B offline files (`.wandb`), each metric over its `define_metric` step",
      reading: .frames(recognises: WandbDecoder.recognises, makeDecoder: { WandbDecoder(keys: $0) }),
      richness: 13, files: DialectFiles { $0.hasSuffix(".wandb") }),
    DialectEntry(
      dialect: .pythonDicts,
      writtenBy:
        "Hugging Face Trainer and TRL: their standard output, behind progress bars; it has no steps, so kltop infers them from the epochs and marks them so",
      reading: .anyLines(makeDecoder: { LogLineDecoder(keys: $0) }), richness: 3),
    DialectEntry(
      dialect: .textPairs,
      writtenBy:
        "prints of nanoGPT, litgpt, llm.c, mlx-lm, Megatron, NeMo, DeepSpeed, mmengine, PaddleNLP, fairseq, Keras, progress bars, and by hand: a step, an epoch or a bar and numbers with their names in one line",
      reading: .anyLines(makeDecoder: { LogLineDecoder(keys: $0) }), richness: 3),
    DialectEntry(
      dialect: .lightningCSV,
      writtenBy:
        "Lightning's `metrics.csv`",
      reading: .headedLines(
        recognises: TableShape.recognises, makeDecoder: { TableDecoder(keys: $0, start: $1) }),
      richness: 6, files: DialectFiles { $0 == "metrics.csv" }),
    DialectEntry(
      dialect: .table,
      writtenBy:
        "any CSV or TSV with a header: commas, semicolons, tabs, bars or blanks, decimal commas, a name and a value in a row, exports of W&B and TensorBoard",
      reading: .headedLines(
        recognises: TableShape.recognises, makeDecoder: { TableDecoder(keys: $0, start: $1) }),
      richness: 6),
    DialectEntry(
      dialect: .torchtune,
      writtenBy:
        "torchtune's disk logger (tested on files that its own code wrote)",
      reading: .lines(
        recognises: PrintedPairsDecoder.recognises(PrintedPairsDecoder.torchtune),
        makeDecoder: { PrintedPairsDecoder(PrintedPairsDecoder.torchtune, keys: $0) }),
      richness: 5,
      files: DialectFiles(matches: { $0.hasPrefix("log_") && $0.hasSuffix(".txt") }, isOneFile: false)),
    DialectEntry(dialect: .torchtune, reading: .objects, richness: 5),
    DialectEntry(
      dialect: .verlConsole,
      writtenBy:
        "verl's console logger (tested on files that its own code wrote)",
      reading: .lines(
        recognises: PrintedPairsDecoder.recognises(PrintedPairsDecoder.verl),
        makeDecoder: { PrintedPairsDecoder(PrintedPairsDecoder.verl, keys: $0) }),
      richness: 4),
    DialectEntry(
      dialect: .evaluationHarness,
      writtenBy:
        "`results_….json` of the lm-evaluation-harness: scores with standard errors at the step of `checkpoint-N` in their path or model",
      reading: .frames(
        recognises: HarnessResultsDecoder.recognises, makeDecoder: { HarnessResultsDecoder(keys: $0) }),
      richness: 1,
      files: DialectFiles(
        matches: { $0.hasPrefix("results_") && $0.hasSuffix(".json") }, isOneFile: false),
      isInOrder: false),
    DialectEntry(
      dialect: .jsonDocument,
      writtenBy:
        "an array of records or of `[time, step, value]`, objects of several lines, lists by their key",
      reading: .frames(
        recognises: JSONDocumentDecoder.recognises, makeDecoder: { JSONDocumentDecoder(keys: $0) }),
      richness: 2),
    DialectEntry(
      dialect: .mlflow,
      writtenBy:
        "mlflow's stores: a run's folder, or one metric of it (rows without a step are counted); a database, `mlflow.db`, or one run of it, `mlflow.db/NAME`",
      reading: .folder(.mlflow),
      richness: 12, files: DialectFiles { _ in false }),
    DialectEntry(
      dialect: .trackio,
      writtenBy:
        "trackio's databases, `PROJECT.db`, or one run of it, `PROJECT.db/NAME`", reading: .folder(.trackio),
      richness: 12, files: DialectFiles { _ in false }),
  ]

  /// The line of a dialect; of one that is written in several forms the first.
  static func of(_ dialect: Dialect) -> DialectEntry? { all.first { $0.dialect == dialect } }
}

extension Dialect: CaseIterable {
  /// In the order of the table.
  package static var allCases: [Dialect] { DialectEntry.all.filter { !$0.writtenBy.isEmpty }.map(\.dialect) }

  /// The dialect of a name; `nil` where there is none.
  package init?(rawValue: String) {
    guard let known = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = known
  }

  /// Who writes it, as the manual says it.
  package var writtenBy: String { DialectEntry.of(self)?.writtenBy ?? "" }

  package var richness: Int { DialectEntry.of(self)?.richness ?? 0 }

  /// True for a log that does not consist of lines.
  package var isBinary: Bool { self == .tensorBoard || self == .wandb }

  /// False for a log whose steps come in any order.
  package var isInOrder: Bool { DialectEntry.of(self)?.isInOrder ?? true }
}

extension SourceStatus {
  /// 0 where nothing has said what the source is.
  package var richness: Int { dialect?.richness ?? 0 }
}

/// Makes the decoder of a log from its first bytes.
struct FramedDialect: Sendable {
  let dialect: Dialect
  let makeDecoder: @Sendable (KeyInterner) -> any FrameDecoder

  /// The kind that the first bytes of a source, at least one, show, and whether more bytes are needed to say so.
  ///
  /// - Parameter forced: the dialect that the user says the log is in; it is taken without looking.
  static func find(
    _ start: UnsafeRawBufferPointer, forced: Dialect? = nil
  ) -> (found: FramedDialect?, isUndecided: Bool) {
    var isUndecided = false
    for entry in DialectEntry.all {
      guard case .frames(let recognises, let makeDecoder) = entry.reading else { continue }
      let framed = FramedDialect(dialect: entry.dialect, makeDecoder: makeDecoder)
      if let forced {
        if forced == entry.dialect { return (framed, false) }
        continue
      }
      switch recognises(start) {
      // What may be one of the kinds before is waited for.
      case .yes: return isUndecided ? (nil, true) : (framed, false)
      case .no: break
      case .undecided: isUndecided = true
      }
    }
    return (nil, isUndecided)
  }
}

/// Makes the decoder of a log that consists of lines.
enum LineDialect {
  /// Padding that is enough for every decoder.
  static let padding = JSONLineDecoder.padding

  /// The decoder that the first lines of a source show, and whether more are needed to say so.
  static func find(
    start: UnsafeRawBufferPointer, forced: Dialect?, keys: KeyInterner
  ) -> (found: (any LineDecoder)?, isUndecided: Bool) {
    var isUndecided = false
    for entry in DialectEntry.all where forced == nil || forced == entry.dialect {
      guard case .headedLines(let recognises, let makeDecoder) = entry.reading else { continue }
      switch recognises(start) {
      case .yes: return (makeDecoder(keys, start), false)
      case .no: break
      case .undecided: isUndecided = true
      }
    }
    return (nil, isUndecided)
  }

  /// The decoder of the kind that a line shows; `nil` where it may be anything.
  ///
  /// - Parameter forced: the dialect that the user says the log is in; no other kind is looked for.
  static func find(
    line: UnsafeRawBufferPointer, forced: Dialect?, keys: KeyInterner
  ) -> (any LineDecoder)? {
    // Torchtune and verl write JSON too.
    if forced != nil, line.firstVisibleByte == UInt8(ascii: "{") { return nil }
    for entry in DialectEntry.all where forced == nil || forced == entry.dialect {
      guard case .lines(let recognises, let makeDecoder) = entry.reading,
        forced != nil || recognises(line)
      else { continue }
      return makeDecoder(keys)
    }
    return nil
  }
}

/// What kind of log a source is, recognised from its content.
///
/// Each kind is named in the file of its decoder; the table of dialects has them all.
package struct Dialect: RawRepresentable, Sendable, Hashable {
  /// What it is called in JSON and by `--dialect`.
  package let rawValue: String

  init(_ name: String) { rawValue = name }
}
