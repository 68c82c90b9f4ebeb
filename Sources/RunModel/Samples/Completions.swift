internal import Curves
internal import RunLog

/// How both models continued the prompts of samples, at every evaluation that says it.
struct Completions: Sendable {
  /// A sample of a set: records of completions need not say in which phase it is measured.
  private struct Key: Hashable {
    var set: String?
    var sample: String
  }

  private var bySample: [Key: [Entry]] = [:]

  private struct Entry {
    var step: Int
    /// Row of the run's `RowTable` that says it.
    var row: Int
    var completion: SampleCompletion
  }

  /// Adds what a record says; what another record of the step said before is replaced.
  mutating func add(_ completion: SampleCompletion, of set: String?, step: Int, row: Int) {
    let key = Key(set: set, sample: completion.sample)
    var entries = bySample.removeValue(forKey: key) ?? []
    let end = entries.partitionPoint { $0.step <= step }
    if end > 0, entries[end - 1].step == step {
      entries[end - 1] = Entry(step: step, row: row, completion: completion)
    } else {
      entries.insert(Entry(step: step, row: row, completion: completion), at: end)
    }
    bySample[key] = entries
  }

  /// What was said at or before a step.
  func last(of key: SampleKey, at step: Int) -> (step: Int, completion: SampleCompletion)? {
    guard case .named(let sample) = key.name else { return nil }
    let entries = bySample[Key(set: key.probe.set, sample: sample)] ?? []
    let end = entries.partitionPoint { $0.step <= step }
    return end > 0 ? (entries[end - 1].step, entries[end - 1].completion) : nil
  }

  /// Forgets what records before a row said about steps from `step` on.
  mutating func restart(at step: Int, row: Int) {
    for key in bySample.keys { bySample[key]?.removeAll { $0.step >= step && $0.row < row } }
  }
}
