/// What kind of log a source is, recognised from its content.
package enum Dialect: String, Sendable, Hashable, CaseIterable {
  /// Some line has `event`, `phase`, `mode`, a `logits…` or a `ref_…` key.
  case native = "kltop-jsonl"
  /// Any other JSON objects, one a line.
  case jsonl = "jsonl"
  /// `trainer_state.json` of the Hugging Face Trainer: one document that is rewritten at every checkpoint.
  case trainerState = "hf-trainer-state"
  /// Python dicts that the Hugging Face Trainer and TRL print to standard output.
  case pythonDicts = "python-dict-lines"
  /// `trainer_log.jsonl` of LLaMA-Factory.
  case llamaFactory = "llamafactory"
  /// File logger of verl: `{"step":…,"data":{…}}`.
  case verlJSONL = "verl-jsonl"
  /// Pairs of names and numbers in text that a program prints: `step 10: loss 2.5, lr 1e-5`.
  case textPairs = "text-pairs"
  /// A table with a header: cells between commas, semicolons, tabs, bars or blanks.
  case table = "table"
  /// One document of JSON: an array of records, objects of several lines, or lists of equal length by their key.
  case jsonDocument = "json-document"
  /// Console logger of verl: `step:12 - actor/pg_loss:0.1 - …`.
  case verlConsole = "verl-console"
  /// Disk logger of torchtune: `Step 12 | loss:1.23 lr:2e-05`, or the same as JSON.
  case torchtune = "torchtune"
  /// `metrics.csv` of Lightning's CSVLogger.
  case lightningCSV = "lightning-csv"
  /// `metrics.jsonl` of the Tinker cookbook.
  case tinker = "tinker"
  /// TensorBoard event file.
  case tensorBoard = "tensorboard"
  /// Offline log of Weights & Biases.
  case wandb = "wandb"
  /// Store of mlflow: a folder with a file for each metric, or a database.
  case mlflow = "mlflow"
  /// Database of trackio: a project with its runs.
  case trackio = "trackio"
  /// `results_….json` of the lm-evaluation-harness: the scores of one checkpoint.
  case evaluationHarness = "lm-eval"
}

extension Dialect {
  /// Who writes it, as the manual says it.
  package var writtenBy: String {
    switch self {
    case .native: "`kltop_log.py`, the Python package, or a loop of your own: the lines above"
    case .jsonl: "anybody: JSON objects of metrics, one a line"
    case .trainerState: "Hugging Face Trainer and TRL: `trainer_state.json`, also in `checkpoint-N/`"
    case .pythonDicts:
      "their standard output, behind progress bars; it has no steps, so kltop infers them from the epochs and marks them so"
    case .textPairs:
      "prints of nanoGPT, litgpt, llm.c, mlx-lm, Megatron, NeMo, DeepSpeed, mmengine, PaddleNLP, fairseq, Keras, progress bars, and by hand: a step, an epoch or a bar and numbers with their names in one line"
    case .table:
      "any CSV or TSV with a header: commas, semicolons, tabs, bars or blanks, decimal commas, a name and a value in a row, exports of W&B and TensorBoard"
    case .jsonDocument:
      "an array of records or of `[time, step, value]`, objects of several lines, lists by their key"
    case .llamaFactory: "LLaMA-Factory: `trainer_log.jsonl` (tested on files that its own code wrote)"
    case .verlJSONL: "verl's file logger (tested on files that its own code wrote)"
    case .verlConsole: "verl's console logger (tested on files that its own code wrote)"
    case .torchtune: "torchtune's disk logger (tested on files that its own code wrote)"
    case .lightningCSV: "Lightning's `metrics.csv`"
    case .tinker: "Tinker's `metrics.jsonl` (tested on hand-written lines)"
    case .tensorBoard: "TensorBoard event files: scalars and rank-0 tensors"
    case .wandb: "W&B offline files (`.wandb`), each metric over its `define_metric` step"
    case .mlflow:
      "mlflow's stores: a run's folder, or one metric of it (rows without a step are counted); a database, `mlflow.db`, or one run of it, `mlflow.db/NAME`"
    case .trackio: "trackio's databases, `PROJECT.db`, or one run of it, `PROJECT.db/NAME`"
    case .evaluationHarness:
      "`results_….json` of the lm-evaluation-harness: scores with standard errors at the step of `checkpoint-N` in their path or model"
    }
  }
}

/// One line of the table of dialects: everything in which one kind of log differs from the next.
struct DialectEntry: Sendable {
  let dialect: Dialect
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
  /// JSON objects, one a line, with a key that only this trainer writes; `wrapper` begins all its keys, and is no part of
  /// their names.
  case objects(isMarker: @Sendable (String) -> Bool, wrapper: String = "")
}

/// How the files of a dialect are found in the directory of a run.
struct DialectFiles: Sendable {
  /// True for the name of such a file; a log that is a folder has none.
  let matches: @Sendable (String) -> Bool
  /// False where several files continue each other; else a newer file takes the place of an older one.
  var isOneFile = true
}

/// What the first bytes of a source say about a kind of log.
enum Recognition {
  case yes, no
  /// The bytes may be the start of it.
  case undecided
}

extension DialectEntry {
  /// All of them, in the order in which they are asked and in which a directory lists its sources.
  ///
  /// A dialect is added by a file with its decoder, a case of `Dialect`, and a line here.
  static let all: [DialectEntry] = [
    DialectEntry(
      dialect: .native, reading: .objects(isMarker: { _ in false }), richness: 14),
    DialectEntry(dialect: .jsonl, reading: .objects(isMarker: { _ in false }), richness: 11),
    DialectEntry(
      dialect: .llamaFactory, reading: .objects(isMarker: JSONMarkers.llamaFactory), richness: 7,
      files: DialectFiles { $0 == "trainer_log.jsonl" }),
    DialectEntry(dialect: .tinker, reading: .objects(isMarker: JSONMarkers.tinker), richness: 10),
    DialectEntry(
      dialect: .verlJSONL, reading: .objects(isMarker: JSONMarkers.verl, wrapper: "data/"), richness: 8),
    DialectEntry(
      dialect: .trainerState,
      reading: .frames(
        recognises: TrainerStateDecoder.recognises, makeDecoder: { TrainerStateDecoder(keys: $0) }),
      richness: 2, files: DialectFiles { $0 == "trainer_state.json" }),
    DialectEntry(
      dialect: .tensorBoard,
      reading: .frames(
        recognises: TensorBoardDecoder.recognises, makeDecoder: { TensorBoardDecoder(keys: $0) }),
      richness: 9,
      files: DialectFiles(matches: { $0.hasPrefix("events.out.tfevents.") }, isOneFile: false)),
    DialectEntry(
      dialect: .wandb,
      reading: .frames(recognises: WandbDecoder.recognises, makeDecoder: { WandbDecoder(keys: $0) }),
      richness: 13, files: DialectFiles { $0.hasSuffix(".wandb") }),
    DialectEntry(
      dialect: .pythonDicts, reading: .anyLines(makeDecoder: { LogLineDecoder(keys: $0) }), richness: 3),
    DialectEntry(
      dialect: .textPairs, reading: .anyLines(makeDecoder: { LogLineDecoder(keys: $0) }), richness: 3),
    DialectEntry(
      dialect: .lightningCSV,
      reading: .headedLines(
        recognises: TableShape.recognises, makeDecoder: { TableDecoder(keys: $0, start: $1) }),
      richness: 6, files: DialectFiles { $0 == "metrics.csv" }),
    DialectEntry(
      dialect: .table,
      reading: .headedLines(
        recognises: TableShape.recognises, makeDecoder: { TableDecoder(keys: $0, start: $1) }),
      richness: 6),
    DialectEntry(
      dialect: .torchtune,
      reading: .lines(
        recognises: PrintedPairsDecoder.recognises(PrintedPairsDecoder.torchtune),
        makeDecoder: { PrintedPairsDecoder(PrintedPairsDecoder.torchtune, keys: $0) }),
      richness: 5,
      files: DialectFiles(matches: { $0.hasPrefix("log_") && $0.hasSuffix(".txt") }, isOneFile: false)),
    DialectEntry(
      dialect: .torchtune, reading: .objects(isMarker: { $0 == "tokens_per_second_per_gpu" }), richness: 5),
    DialectEntry(
      dialect: .verlConsole,
      reading: .lines(
        recognises: PrintedPairsDecoder.recognises(PrintedPairsDecoder.verl),
        makeDecoder: { PrintedPairsDecoder(PrintedPairsDecoder.verl, keys: $0) }),
      richness: 4),
    DialectEntry(
      dialect: .evaluationHarness,
      reading: .frames(
        recognises: HarnessResultsDecoder.recognises, makeDecoder: { HarnessResultsDecoder(keys: $0) }),
      richness: 1,
      files: DialectFiles(
        matches: { $0.hasPrefix("results_") && $0.hasSuffix(".json") }, isOneFile: false),
      isInOrder: false),
    DialectEntry(
      dialect: .jsonDocument,
      reading: .frames(
        recognises: JSONDocumentDecoder.recognises, makeDecoder: { JSONDocumentDecoder(keys: $0) }),
      richness: 2),
    DialectEntry(
      dialect: .mlflow,
      reading: .folder(.mlflow),
      richness: 12, files: DialectFiles { _ in false }),
    DialectEntry(
      dialect: .trackio, reading: .folder(.trackio), richness: 12, files: DialectFiles { _ in false }),
  ]

  /// The line of a dialect; of one that is written in several forms the first.
  static func of(_ dialect: Dialect) -> DialectEntry? { all.first { $0.dialect == dialect } }
}

extension Dialect {
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
