import CSimdJSON

/// Objects of JSON, one a line, and nothing else between them.
final class JSONLineDecoder: LineDecoder {
  static var padding: Int { csj_padding() }

  private var objects: JSONObjects

  init(keys: KeyInterner) {
    objects = JSONObjects(keys: keys)
  }

  var dialect: Dialect? { objects.dialect }
  var stepSource: StepSource { objects.stepSource }

  var wantsRereading: Bool { objects.wantsRereading }

  func startAgain() { objects.startAgain() }
  func finishBatch(_ batch: inout RecordBatch) { objects.decideSteps() }

  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    decode(line, ObjectPlace(line: number), into: &batch)
  }

  /// Adds an object of which its surroundings may tell the step.
  func decode(_ line: UnsafeRawBufferPointer, _ place: ObjectPlace, into batch: inout RecordBatch) {
    guard let problem = objects.decode(line, place, into: &batch) else { return }
    objects.reject(problem, place.line, &batch)
  }

  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int {
    objects.decodeWhole(line, ObjectPlace(line: number), into: &batch)
  }
}

/// Where an object stands, and what stands around it.
struct ObjectPlace {
  /// Line of its file, from 1.
  var line: Int
  /// The step that is printed before it.
  var step: Int?
  /// The position of the training's progress bar before it.
  var bar: Int?
  /// Seconds since 1970 of what it is wrapped in, NaN for none.
  var time = Double.nan
}

/// A trainer that writes JSON lines of its own form, told by a key that it alone writes.
struct JSONFlavour: Sendable {
  let dialect: Dialect
  /// What all its keys begin with, which is no part of their names.
  var wrapper = ""
  /// True for such a key, given with its parents.
  let isMarker: @Sendable (String) -> Bool

  /// The trainer that writes a key; `nil` for a key of anybody.
  static func of(_ key: String) -> JSONFlavour? { all.first { $0.isMarker(key) } }

  private static let all = [
    JSONFlavour(dialect: .llamaFactory) { ["remaining_time", "percentage"].contains($0) },
    JSONFlavour(dialect: .tinker) {
      ["progress/done_frac", "train_mean_nll"].contains($0) || $0.hasPrefix("optim/kl_sample_train")
        || $0.hasPrefix("env/all/")
    },
    // Its keys have slashes of their own: any other object called data holds plain names.
    JSONFlavour(dialect: .verlJSONL, wrapper: "data/") { key in
      key.hasPrefix("data/") && verlGroups.contains { key.dropFirst(5).hasPrefix($0 + "/") }
    },
    JSONFlavour(dialect: .torchtune) { $0 == "tokens_per_second_per_gpu" },
  ]

  private static let verlGroups = [
    "actor", "critic", "training", "response_length", "timing_s", "perf", "val-core", "global_seqlen",
  ]
}

extension Dialect {
  /// `trainer_log.jsonl` of LLaMA-Factory.
  package static let llamaFactory = Dialect("llamafactory")
  /// `metrics.jsonl` of the Tinker cookbook.
  package static let tinker = Dialect("tinker")
  /// File logger of verl: `{"step":…,"data":{…}}`.
  package static let verlJSONL = Dialect("verl-jsonl")
}
