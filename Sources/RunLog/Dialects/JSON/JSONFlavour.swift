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
