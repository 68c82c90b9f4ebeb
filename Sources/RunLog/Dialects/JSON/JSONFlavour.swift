/// Trainers that write JSON lines of their own form, told by their keys.
struct JSONFlavour: Sendable {
  let dialect: Dialect
  /// True for a key, with its parents, that only this trainer writes.
  let isMarker: @Sendable (String) -> Bool
  /// What all its keys begin with, which is no part of their names.
  var wrapper = ""

  /// Asked in this order for every key that is new.
  static let all: [JSONFlavour] = [
    JSONFlavour(dialect: .llamaFactory, isMarker: { ["remaining_time", "percentage"].contains($0) }),
    JSONFlavour(
      dialect: .tinker,
      isMarker: {
        ["progress/done_frac", "train_mean_nll"].contains($0) || $0.hasPrefix("optim/kl_sample_train")
          || $0.hasPrefix("env/all/")
      }),
    JSONFlavour(dialect: .torchtune, isMarker: { $0 == "tokens_per_second_per_gpu" }),
    // Its keys have slashes of their own: any other object called data holds plain names.
    JSONFlavour(
      dialect: .verlJSONL,
      isMarker: { key in
        key.hasPrefix("data/")
          && [
            "actor", "critic", "training", "response_length", "timing_s", "perf", "val-core", "global_seqlen",
          ]
          .contains { key.dropFirst(5).hasPrefix($0 + "/") }
      },
      wrapper: "data/"),
  ]

  /// The trainer that writes a key.
  static func of(_ key: String) -> JSONFlavour? { all.first { $0.isMarker(key) } }
}
