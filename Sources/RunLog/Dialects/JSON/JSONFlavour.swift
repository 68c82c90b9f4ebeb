/// A trainer that writes JSON lines of its own form, told by its keys.
struct JSONFlavour: Sendable {
  let dialect: Dialect
  /// What all its keys begin with, which is no part of their names.
  let wrapper: String

  /// The trainer that writes a key, given with its parents.
  static func of(_ key: String) -> JSONFlavour? {
    for entry in DialectEntry.all {
      guard case .objects(let isMarker, let wrapper) = entry.reading, isMarker(key) else { continue }
      return JSONFlavour(dialect: entry.dialect, wrapper: wrapper)
    }
    return nil
  }
}

/// Keys, with their parents, that only one trainer writes.
enum JSONMarkers {
  static let llamaFactory: @Sendable (String) -> Bool = { ["remaining_time", "percentage"].contains($0) }

  static let tinker: @Sendable (String) -> Bool = {
    ["progress/done_frac", "train_mean_nll"].contains($0) || $0.hasPrefix("optim/kl_sample_train")
      || $0.hasPrefix("env/all/")
  }

  /// Its keys have slashes of their own: any other object called data holds plain names.
  static let verl: @Sendable (String) -> Bool = { key in
    let groups = [
      "actor", "critic", "training", "response_length", "timing_s", "perf", "val-core", "global_seqlen",
    ]
    return key.hasPrefix("data/") && groups.contains { key.dropFirst(5).hasPrefix($0 + "/") }
  }
}
