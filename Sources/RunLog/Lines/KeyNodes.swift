import CSimdJSON

/// What a key is called, where that matters for a whole row.
enum KeyKind: UInt8 {
  case any, epoch, value, name
}

/// What each node of a decoder's keys is: its role, its name, and its numbers as a key of the source.
struct KeyNodes {
  /// A key that has not been needed yet.
  private static let unknown = UInt32.max

  private(set) var roles: ContiguousArray<KeyRole> = [.plain]
  /// Names with all parents, joined with `/`.
  private var names: ContiguousArray<String> = [""]
  private var marks: ContiguousArray<Bool> = [false]
  /// How surely a key names the step, lower for surer; `UInt16.max` for one that does not.
  private(set) var stepRanks: ContiguousArray<UInt16> = [.max]
  /// What a key is in a row of epochs, or of one name and one value.
  private(set) var kinds: ContiguousArray<KeyKind> = [.any]
  /// Some key is called `value`, so that a row may have one metric, which a text names.
  private(set) var hasValueKeys = false
  /// Keys that were taken for the step and turned out to be a constant.
  private var constants: Set<String> = []
  /// Index of the key in the source: of each node one for phase train and one for phase eval.
  private var indices: ContiguousArray<UInt32> = [unknown, unknown]
  /// The same for records that name a set, and the number of each set.
  private var keysOfSets: ContiguousArray<SetKeys> = []
  private var setNumbers: [String: Int] = [:]

  /// Keys that the nodes of a set's records have.
  private struct SetKeys {
    var indices: [Int: UInt32] = [:]
    /// Those of its last record: the next one mostly has the same, and then nothing is looked up.
    var lastPhase = Phase.train
    var lastNodes = ContiguousArray<UInt32>()
    var lastIndices = ContiguousArray<UInt32>()
  }
  /// Some key names the evaluation set of its row.
  private var hasTrainerSets = false
  /// The trainer that writes such keys, where a key has told.
  private(set) var flavour: JSONFlavour?

  /// Enters the keys that mean more than a metric.
  init(_ decoder: OpaquePointer) {
    for key in NativeKey.all {
      var parent: UInt32 = 0
      for (level, name) in key.path.enumerated() {
        let isLast = level == key.path.count - 1
        parent =
          child(of: parent, name, decoder) ?? csj_add_special(decoder, parent, name, isLast && key.hasArrays)
        adopt(decoder)
      }
      roles[Int(parent)] = key.role
      marks[Int(parent)] = key.marksNative
      if key.role == .step { stepRanks[Int(parent)] = 0 }
    }
  }

  private func child(of parent: UInt32, _ name: String, _ decoder: OpaquePointer) -> UInt32? {
    let full = parent == 0 ? name : names[Int(parent)] + "/" + name
    return names.firstIndex(of: full).map(UInt32.init)
  }

  /// What new keys show.
  struct Novelty {
    /// One of them shows a native log.
    var isNative = false
    /// One of them names the step: the line is to be decoded again, so that it comes as it was written.
    var hasSteps = false
  }

  /// Takes over the nodes that the decoder has made since the last call.
  @discardableResult
  mutating func adopt(_ decoder: OpaquePointer) -> Novelty {
    var novelty = Novelty()
    while names.count < Int(csj_node_count(decoder)) {
      let node = UInt32(names.count)
      let parent = Int(csj_node_parent(decoder, node))
      let name = String(csj_node_name(decoder, node))
      let full = parent == 0 ? name : names[parent] + "/" + name
      names.append(full)
      if flavour == nil { flavour = JSONFlavour.of(full) }
      if TrainerEvaluationSet.named(by: full) != nil { hasTrainerSets = true }
      let isMarker = parent == 0 && NativeKey.marksNative(name)
      let rank = constants.contains(full) ? nil : StepName.rank(ofKey: full)
      stepRanks.append(rank.map { UInt16(clamping: $0) } ?? .max)
      let kind = KeyKind(name)
      kinds.append(kind)
      if kind == .value { hasValueKeys = true }
      roles.append(isMarker ? .nativeMarker : rank != nil ? .otherStep : .plain)
      marks.append(isMarker)
      indices.append(Self.unknown)
      indices.append(Self.unknown)
      if isMarker || rank != nil { csj_make_special(decoder, node) }
      if isMarker { novelty.isNative = true }
      if rank != nil { novelty.hasSteps = true }
    }
    return novelty
  }

  /// A key does not name the step: it is a metric like others.
  mutating func noteConstant(_ node: UInt32) {
    stepRanks[Int(node)] = .max
    constants.insert(names[Int(node)])
  }

  func marksNative(_ node: UInt32) -> Bool { marks[Int(node)] }

  func name(_ node: UInt32) -> String { names[Int(node)] }

  /// Replaces nodes by the keys that their numbers have in a record of a phase, and of a set where it names one.
  mutating func resolve(
    _ range: Range<Int>, _ phase: Phase, set: String?, _ table: KeyInterner, in batch: inout RecordBatch
  ) {
    if let set {
      return resolve(range, phase, in: &batch, table, set) { RecordSet.key($0, set: set, phase: phase) }
    }
    if hasTrainerSets, let set = TrainerEvaluationSet.of(batch.numberKeys[range].map { names[Int($0)] }) {
      return resolve(range, phase, in: &batch, table, "eval_" + set) {
        TrainerEvaluationSet.key($0, set: set)
      }
    }
    for position in range {
      let node = Int(batch.numberKeys[position])
      if indices[Self.slot(node, phase)] == Self.unknown { announce(node, phase, table, &batch) }
    }
    batch.numberKeys.withUnsafeMutableBufferPointer { numberKeys in
      for position in range {
        numberKeys[position] = indices[Self.slot(Int(numberKeys[position]), phase)]
      }
    }
  }

  /// The same for a record of a set, whose keys have other names.
  private mutating func resolve(
    _ range: Range<Int>, _ phase: Phase, in batch: inout RecordBatch, _ table: KeyInterner, _ set: String,
    key: (String) -> String
  ) {
    let number = setNumbers[set] ?? keysOfSets.count
    if number == keysOfSets.count {
      setNumbers[set] = number
      keysOfSets.append(SetKeys())
    }
    let nodes = batch.numberKeys[range]
    if keysOfSets[number].lastPhase != phase || !keysOfSets[number].lastNodes.elementsEqual(nodes) {
      let lastNodes = ContiguousArray(nodes)
      keysOfSets[number].lastPhase = phase
      keysOfSets[number].lastNodes = lastNodes
      keysOfSets[number].lastIndices = ContiguousArray(
        lastNodes.map { node in
          let slot = Self.slot(Int(node), phase)
          let index =
            keysOfSets[number].indices[slot] ?? table.index(of: key(names[Int(node)]), announcedIn: &batch)
          keysOfSets[number].indices[slot] = index
          return index
        })
    }
    batch.numberKeys.replaceSubrange(range, with: keysOfSets[number].lastIndices)
  }

  private static func slot(_ node: Int, _ phase: Phase) -> Int { node * 2 + Int(phase.rawValue) }

  private mutating func announce(
    _ node: Int, _ phase: Phase, _ table: KeyInterner, _ batch: inout RecordBatch
  ) {
    let full = names[node]
    let wrapper = flavour?.wrapper ?? ""
    let name = full.hasPrefix(wrapper) ? String(full.dropFirst(wrapper.count)) : full
    let key = phase == .train ? name : RecordSet.evaluation(name)
    indices[Self.slot(node, phase)] = table.index(of: key, announcedIn: &batch)
  }
}

extension KeyKind {
  /// What the last part of a name says.
  fileprivate init(_ name: String) {
    let last = name.split(separator: "/").last.map { $0.lowercased() }
    self =
      switch last {
      case "epoch", "epochs": .epoch
      case "value": .value
      case "name", "metric", "metric_name", "key", "tag": .name
      default: .any
      }
  }
}

extension String {
  /// A copy of bytes that the decoder owns.
  init(_ text: csj_text) {
    self.init(decoding: UnsafeBufferPointer(start: text.bytes, count: text.length), as: UTF8.self)
  }
}
