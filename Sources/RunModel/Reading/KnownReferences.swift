internal import RunLog

/// Whose logits of the reference are known.
struct ReferenceKey: Hashable, Sendable {
  let set: String?
  let name: SampleName
  let vocabulary: Int
  /// Rows of unnamed batches of different phases are different rows; `nil` for a named sample.
  let phase: Phase?

  init(set: String?, phase: Phase, name: SampleName, vocabulary: Int) {
    self.set = set
    self.name = name
    self.vocabulary = vocabulary
    if case .named = name { self.phase = nil } else { self.phase = phase }
  }
}

/// Logits of the reference that records gave, for later records that leave them out.
struct KnownReferences: Sendable {
  private struct Change {
    /// The step they were given at: they serve that one and later ones, never earlier ones.
    var step: Int
    /// T × V; `nil` where nobody can tell which they are.
    var logits: [Double]?
    /// Number of the record in its source that gave them.
    var record: Int
  }

  private struct History {
    /// In the order of the steps.
    var changes: [Change] = []
    /// The last record that gave logits.
    var given: (step: Int, record: Int)?

    var elements: Int { changes.reduce(0) { $0 + ($1.logits?.count ?? 0) } }

    func change(at step: Int) -> Change? { changes.last { $0.step <= step } }

    mutating func set(_ logits: [Double]?, at step: Int, record: Int) {
      changes.removeAll { $0.step == step }
      let place = changes.firstIndex { $0.step > step } ?? changes.endIndex
      changes.insert(Change(step: step, logits: logits, record: record), at: place)
    }
  }

  private var known: [ReferenceKey: History] = [:]
  private var elements = 0

  /// Numbers kept in all, 8 bytes each. A run that gives its reference once gives it early, so the first samples stay;
  /// a run with ever new samples gives it with each of them, and nothing is lost.
  private static let mostElements = 8_000_000
  /// Changes kept of one sample, the last ones: a restart seldom goes back further.
  private static let mostChanges = 4

  mutating func remember(_ logits: [Double], of key: ReferenceKey, step: Int, record: Int) {
    var history = known[key] ?? History()
    let before = history.change(at: step)
    let isSecond = key.phase != nil && history.given?.step == step
    history.given = (step, record)
    if before == nil || before?.logits != logits {
      elements -= history.elements
      // Two unnamed batches of one step are different rows under the same numbers.
      history.set(isSecond ? nil : logits, at: step, record: record)
      while history.changes.count > Self.mostChanges { history.changes.removeFirst() }
      // One too long to be kept makes what was known wrong all the same.
      if elements + history.elements > Self.mostElements {
        history.changes = [Change(step: step, logits: nil, record: record)]
      }
      elements += history.elements
    }
    known[key] = history
  }

  func reference(of key: ReferenceKey, at step: Int) -> [Double]? {
    known[key]?.change(at: step)?.logits
  }

  /// Forgets what was given behind `step` before a record of the source.
  mutating func restart(at step: Int, record: Int) {
    for key in Array(known.keys) {
      known[key]?.changes.removeAll { $0.step > step && $0.record < record }
      if let given = known[key]?.given, given.record < record { known[key]?.given = nil }
    }
    elements = known.values.reduce(0) { $0 + $1.elements }
  }
}
