import CSimdJSON
internal import FileAccess

/// `results_….json` of the lm-evaluation-harness: one document with the scores of one model.
///
/// Format: `lm_eval/loggers/evaluation_tracker.py`. A score is `results/TASK/METRIC,FILTER`, its standard error
/// `results/TASK/METRIC_stderr,FILTER`. The step is that of the checkpoint that was evaluated: `checkpoint-N` in the
/// path of the document or of the model.
final class HarnessResultsDecoder: FrameDecoder {
  private let parser: DocumentParser
  private let keys: KeyInterner
  private var path = ""
  private var memory = RowMemory()
  private(set) var lines = 0
  private(set) var stepSource = StepSource.logged

  init(keys: KeyInterner) {
    self.keys = keys
    parser = DocumentParser()
  }

  var dialect: Dialect { .evaluationHarness }

  /// What a document of a harness has, and a record with a `results` of its own has not.
  private static let marks: [StaticString] = [
    "\"configs\"", "\"n-shot\"", "\"lm_eval_version\"", "\"versions\"",
  ]

  static func recognises(_ start: UnsafeRawBufferPointer) -> Recognition {
    let text = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start[...]
    guard let brace = text.firstIndex(where: { !$0.isSpace }), text[brace] == UInt8(ascii: "{") else {
      return .no
    }
    let inside = text[(brace + 1)...]
    guard let key = inside.firstIndex(where: { !$0.isSpace }) else { return .undecided }
    let rest = UnsafeRawBufferPointer(rebasing: text[key...])
    let first: StaticString = "\"results\""
    guard rest.starts(with: first) else { return first.starts(with: rest) ? .undecided : .no }
    if inside[..<key].contains(UInt8(ascii: "\n")) { return .yes }
    return marks.contains { rest.contains($0) } ? .yes : .no
  }

  func startOver() -> Bool {
    memory.startOver()
    return true
  }

  func note(path: String) { self.path = path }

  func decode(_ bytes: UnsafeRawBufferPointer, limit: Int, into batch: inout RecordBatch) -> Int {
    guard bytes.trimmedAtEnd.last == UInt8(ascii: "}"), let document = parser.parse(bytes) else { return 0 }
    lines = bytes.trimmedAtEnd.count { $0 == UInt8(ascii: "\n") } + 1
    var hasher = Hasher()
    hasher.combine(bytes: bytes)
    switch memory.compare(hasher.finalize()) {
    case .known: return bytes.count
    case .new: break
    case .other:
      batch.notices.append(
        LogNotice(position: batch.records.count, line: 1, kind: .startedOver(.replaced)))
    }
    append(HarnessResults(document), to: &batch)
    return bytes.count
  }

  private func append(_ results: HarnessResults, to batch: inout RecordBatch) {
    guard !results.scores.isEmpty else {
      batch.notices.append(
        LogNotice(position: batch.records.count, line: 1, kind: .rejected(reason: "results without a score")))
      return
    }
    let step = ([path] + results.models).lazy.compactMap(Self.checkpoint).first
    if step == nil {
      stepSource = .inferredFromOrder
      batch.notices.append(
        LogNotice(
          position: batch.records.count, line: 1,
          kind: .checkpointUnknown(model: results.models.first ?? path)))
    }
    let first = batch.numbers.count
    for score in results.scores {
      batch.numberKeys.append(keys.index(of: score.key, announcedIn: &batch))
      batch.numbers.append(score.value)
    }
    batch.records.append(
      Record(
        line: 1, step: step ?? 0, hasOwnStep: step != nil, time: results.date, phase: .train,
        modes: ModelModes(), numbers: first..<batch.numbers.count))
  }

  /// The number behind the last `checkpoint-` or `checkpoint_` of a path.
  static func checkpoint(in path: String) -> Int? {
    var rest = path[...]
    var found: Int?
    while let match = rest.firstRange(of: "checkpoint") {
      rest = rest[match.upperBound...]
      guard let sign = rest.first, sign == "-" || sign == "_" else { continue }
      if let (step, _) = PrintedNumber.integer(atStartOf: rest.dropFirst()) { found = step }
    }
    return found
  }
}

/// What a document of the harness says that counts here.
private struct HarnessResults {
  /// Keys are `TASK/METRIC,FILTER`, in the order of the document.
  private(set) var scores: [(key: String, value: Double)] = []
  /// Where the model was, as far as it is told.
  private(set) var models: [String] = []
  /// Seconds since 1970, NaN where the document has no date.
  private(set) var date = Double.nan

  /// Texts that name the model; `model_args` is `pretrained=…,dtype=…`, or an object with these keys.
  private static let modelKeys = [
    "model_name", "config/model_args", "config/model_args/pretrained", "config/model_args/peft",
    "config/model_args/model", "config/model_args/path",
  ]
  private static let scoresKey = "results/"
  private static let groupsKey = "groups/"

  init(_ document: DocumentParser.Document) {
    var known: Set<String> = []
    for prefix in [Self.scoresKey, Self.groupsKey] {
      for (key, value) in document.numbers where key.hasPrefix(prefix) {
        let name = String(key.dropFirst(prefix.count))
        // A group stands in both; a metric has a filter, a number of samples has not.
        guard Self.isScore(name), known.insert(name).inserted else { continue }
        scores.append((name, value))
      }
    }
    models = Self.modelKeys.compactMap { name in document.texts.first { $0.key == name }?.text }
    date = document.numbers.first { $0.key == "date" }?.value ?? .nan
  }

  /// Numbers of a task that are none of its scores.
  private static let counts: Set<Substring> = ["sample_len", "sample_count", "samples"]

  private static func isScore(_ name: String) -> Bool {
    let parts = name.split(separator: "/")
    return parts.count > 1 && parts.allSatisfy { !counts.contains($0) }
  }
}

extension Dialect {
  /// `results_….json` of the lm-evaluation-harness: the scores of one checkpoint.
  package static let evaluationHarness = Dialect("lm-eval")
}
