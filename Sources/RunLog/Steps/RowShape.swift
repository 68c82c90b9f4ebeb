/// What the keys of a record say about it, kept while records with the same keys follow each other.
struct RowShape: Sendable {
  private(set) var keys: ContiguousArray<UInt32> = []
  private(set) var phase = Phase.train
  /// Tells shapes apart.
  private(set) var identity = 0
  /// One of the keys is the lead.
  var hasLead = false
  /// Places among the record's numbers of those that say its epoch and its writer.
  private(set) var epoch: Int?
  private(set) var places: [Int] = []
  private(set) var sessions: [Int] = []
  /// Steps of the records since `beginCounting`, each as often as they came back to it.
  private(set) var steps = 0
  private(set) var highest = Int.min
  private(set) var last = Int.min

  init() {}

  /// - Parameter lead: one in the other phase is none: a training and an evaluation go on each by itself.
  init(
    _ keys: ArraySlice<UInt32>, phase: Phase, roles: ContiguousArray<StepKeyRole>,
    lead: (key: Int?, phase: Phase)
  ) {
    self.keys = ContiguousArray(keys)
    self.phase = phase
    var hasher = Hasher()
    hasher.combine(self.keys)
    hasher.combine(phase)
    identity = hasher.finalize()
    for (place, key) in self.keys.enumerated() {
      if Int(key) == lead.key, phase == lead.phase { hasLead = true }
      switch roles[Int(key)] {
      case .epoch: epoch = place
      case .place: places.append(place)
      case .session: sessions.append(place)
      case .other: break
      }
    }
  }

  var hasTags: Bool { !places.isEmpty || !sessions.isEmpty }

  /// True for a record with the same keys.
  @inline(__always)
  func fits(_ record: Record, in batch: borrowing RecordBatch) -> Bool {
    guard record.numbers.count == keys.count, record.phase == phase else { return false }
    let first = record.numbers.lowerBound
    for place in keys.indices where batch.numberKeys[first + place] != keys[place] { return false }
    return true
  }

  @inline(__always)
  mutating func note(_ step: Int) {
    if step != last { steps += 1 }
    last = step
    if step > highest { highest = step }
  }

  mutating func beginCounting() {
    steps = 0
    highest = .min
    last = .min
  }
}

/// What a key says about the step or the writer of its record.
enum StepKeyRole: Sendable {
  case epoch
  /// Which of several programs that write side by side.
  case place
  /// Which of several programs that follow each other.
  case session
  case other

  /// True for a key whose number tells ranks apart.
  static func isRank(_ name: String) -> Bool {
    ["rank", "local_rank", "global_rank", "process_index"].contains(
      name.split(separator: "/").last?.lowercased() ?? "")
  }

  init(ofKey name: String) {
    switch name.split(separator: "/").last?.lowercased() ?? "" {
    case "epoch": self = .epoch
    case "rank", "local_rank", "global_rank", "process_index", "host", "hostname": self = .place
    case "pid", "launch", "launch_id": self = .session
    default: self = .other
    }
  }
}
