/// A line of text that names a step, an epoch or the position of a progress bar, and numbers with their names.
struct PairLine {
  /// Names and values in their order.
  private(set) var pairs: [(name: String, value: Double)] = []
  /// The step, by its surest name.
  private(set) var step: Int?
  private(set) var epoch: Double?
  /// Position and length of a progress bar.
  private(set) var bar: (done: Int, total: Int)?
  /// An evaluation, where the line says so beside its epoch.
  private(set) var phase = Phase.train

  private var hasDrawnBar = false
  /// Lower for a surer name of the step.
  private var stepRank = Int.max

  /// Lines beyond this are no print of a trainer.
  private static let longest = 2000

  /// True where the line may be one of a log.
  var isCandidate: Bool { !pairs.isEmpty && hasPlace }

  /// Reads a line without escape sequences of terminals.
  init?(_ line: UnsafeRawBufferPointer) {
    guard line.count <= Self.longest, let first = line.firstVisibleByte, !Self.quotes.contains(first),
      line.contains(where: \.isDigit) || line.contains("nan") || line.contains("NaN"), !line.contains("\\n")
    else { return nil }
    self = line.withMemoryRebound(to: UInt8.self) { bytes in
      var scanner = PairScanner(bytes)
      scanner.scan()
      return scanner.found
    }
  }

  init() {}

  /// A line with numbers that somebody else found.
  init(pairs: [(name: String, value: Double)], step: Int?, epoch: Double?, bar: (done: Int, total: Int)?) {
    (self.pairs, self.step, self.epoch, self.bar) = (pairs, step, epoch, bar)
  }

  /// A name is one that only trainings and evaluations use.
  var hasMetric: Bool { pairs.contains { MetricWord.isIn($0.name) } }

  /// It says where the training is.
  var hasPlace: Bool { step != nil || epoch != nil || bar != nil }

  /// Takes the step of a line above, where it names none.
  mutating func takePlace(of head: PairLine) {
    if !hasPlace { (step, epoch, bar) = (head.step, head.epoch, head.bar) }
  }

  private static let quotes: Set<UInt8> = [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`")]

  /// Takes a pair that a line has; names of steps and epochs are no metrics.
  mutating func add(_ name: String, _ value: Double) {
    switch PairWord.of(name) {
    case .step(let rank) where Int(exactly: value) != nil: addStep(Int(value), rank: rank)
    case .epoch: if epoch == nil { epoch = value }
    case .ignored: break
    default: if !pairs.contains(where: { $0.name == name }) { pairs.append((name, value)) }
    }
  }

  mutating func addStep(_ step: Int, rank: Int) {
    guard rank < stepRank else { return }
    (self.step, stepRank) = (step, rank)
  }

  mutating func addEpoch(_ epoch: Double) { if self.epoch == nil { self.epoch = epoch } }
  mutating func noteEvaluation() { phase = .eval }
  /// A bar that is drawn says more than two numbers in brackets.
  mutating func addBar(_ done: Int, _ total: Int, isDrawn: Bool = true) {
    guard bar == nil || isDrawn && !hasDrawnBar else { return }
    (bar, hasDrawnBar) = ((done, total), isDrawn)
  }
}

/// What a word in front of a number means.
enum PairWord: Equatable {
  /// The surest name has rank 0.
  case step(rank: Int)
  case epoch
  /// A number that says nothing about the training.
  case ignored
  case metric

  private static let words: [String: PairWord] = {
    var words: [String: PairWord] = [
      "eta": .ignored, "rank": .ignored, "epoch": .epoch, "epochs": .epoch, "ep": .epoch,
    ]
    let steps = [
      ["step", "steps", "global_step", "global_steps", "num_updates", "train_step", "training_step"],
      ["iter", "iters", "iteration", "iterations", "iter_num", "it", "update", "updates"],
      ["batch", "minibatch"],
    ]
    for (rank, names) in steps.enumerated() {
      for name in names { words[name] = .step(rank: rank) }
    }
    return words
  }()

  private static let levels: Set<String> = [
    "info", "debug", "warning", "warn", "error", "i", "train", "training", "completed", "finished",
  ]

  /// The meaning of a whole name, of whose words those of a log's level do not count.
  static func of(_ name: String) -> PairWord {
    guard name.utf8.count < 40 else { return .metric }
    // A step's own name may have one of these words.
    if let word = words[name.lowercased().split(separator: " ").joined(separator: "_")] { return word }
    let parts = name.lowercased().split(separator: " ").drop { levels.contains(String($0)) }
    return words[parts.joined(separator: "_")] ?? .metric
  }
}
