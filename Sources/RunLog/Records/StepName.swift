/// Names by which logs call the step.
enum StepName {
  /// The strongest first; compared without case.
  private static let names = [
    "step", "global_step", "global_steps", "global_step/max_steps", "_step", "num_updates", "train_step",
    "training_step", "current_step", "current_steps", "trainer_step", "steps", "iter", "iter_num",
    "iteration", "training_iteration", "update", "updates", "batch", "batch_idx", "timestep", "timesteps",
    "total_timesteps", "total_steps_trained", "iterations", "iters", "train_steps", "training_steps",
    "optimizer_step", "optimizer_steps", "opt_step", "gradient_step", "gradient_steps", "n_iter", "num_steps",
    "step_num", "current_iter", "current_iteration", "global_iter", "global_iteration", "global_batch",
    "env_step", "env_steps", "num_env_steps_sampled_lifetime", "timesteps_total", "total_env_steps",
  ]

  private static let ranks = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })

  /// Lower for a key, with its parents, that says the step more surely: the shallowest first, then by its name; `nil` for
  /// one that says something else.
  static func rank(ofKey key: String) -> Int? {
    let name = normalised(key)
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    // `10/438` of ms-swift.
    if name.hasSuffix("global_step/max_steps"), let rank = ranks["global_step/max_steps"] {
      return (parts.count - 2) * names.count + rank
    }
    guard let last = parts.last, let rank = ranks[String(last)] ?? ranks[withoutPhase(last)] else {
      return nil
    }
    return (parts.count - 1) * names.count + rank
  }

  /// True for a key that may as well be a constant of the run, such as the size of a batch.
  static func isWeak(_ key: String) -> Bool {
    let last = normalised(key).split(separator: "/").last ?? ""
    return !["step", "global_step", "global_steps", "_step"].contains(last)
  }

  /// The `num_updates` of fairseq's `train_num_updates`.
  private static func withoutPhase(_ name: Substring) -> String {
    for phase in ["train_", "valid_", "trainer_"] where name.hasPrefix(phase) {
      return String(name.dropFirst(phase.count))
    }
    return ""
  }

  private static func normalised(_ key: String) -> String {
    let words = key.lowercased().split { $0 == " " || $0 == "\t" }
    let name = words.count == 1 ? String(words[0]) : words.joined(separator: "_")
    return name.contains(".") ? name.replacing(".", with: "/") : name
  }
}

/// What a record says about its step.
enum OwnStep: Equatable {
  case none
  case whole(Int)
  /// A number that is no integer: such steps only count rows.
  case fraction
}

/// Finds out which keys that could name the step never change: they are constants, such as the size of a batch.
struct ConstantSteps {
  private struct Values {
    var first: Int
    var count: Int
  }

  private var values: [UInt32: Values] = [:]
  private var changing: Set<UInt32> = []
  /// One of them, asked for last: nearly every record has it.
  private var latest = UInt32.max
  private(set) var wantsRereading = false

  /// Records in which a step has changed.
  private static let few = 3

  /// True where a key has one value in the first records.
  mutating func isConstant(_ node: UInt32, _ value: Int, _ nodes: borrowing KeyNodes) -> Bool {
    if node == latest { return false }
    if changing.contains(node) {
      latest = node
      return false
    }
    guard StepName.isWeak(nodes.name(node)) else {
      changing.insert(node)
      return false
    }
    var known = values[node] ?? Values(first: value, count: 0)
    known.count += 1
    values[node] = known
    if value != known.first { changing.insert(node) }
    guard value == known.first, known.count >= Self.few else { return false }
    wantsRereading = true
    return true
  }

  mutating func startAgain() {
    wantsRereading = false
    values = [:]
  }
}
