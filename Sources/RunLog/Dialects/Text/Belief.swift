/// Words that only logs of trainings and evaluations use for their numbers.
enum MetricWord {
  private static let words: Set<String> = [
    "loss", "losses", "nll", "ppl", "perplexity", "kl", "elbo", "acc", "accuracy", "reward", "rewards",
    "entropy",
    "lr", "gnorm", "bleu", "rouge", "rougel", "f1", "rmse", "mse", "mae", "cer", "wer", "auc", "auroc",
    "map50",
    "miou", "psnr", "ssim", "trl", "tel", "bpb", "bpc", "bce", "crossentropy", "xent",
  ]
  private static let pairs: Set<String> = [
    "learning rate", "grad norm", "gradient norm", "cross entropy", "ep rew", "val acc", "episodic return",
    "episode return", "ep return", "mean return", "average return", "avg return", "eval return",
  ]

  /// True for a name with such a word.
  static func isIn(_ name: String) -> Bool {
    // CatBoost calls the loss of its training data so; scikit-learn is none.
    if name == "learn" { return true }
    if name.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).contains("mAP") { return true }
    let parts = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    return parts.contains { words.contains($0) || $0.hasSuffix("loss") || $0.hasPrefix("loss") }
      || zip(parts, parts.dropFirst()).contains { pairs.contains("\($0) \($1)") }
  }
}

/// Whether what looks like records, in a text of all kinds of lines, is a log's.
///
/// A text that quotes a log, a manual or a program has lines like those of a log; a log repeats them with other values.
struct Belief {
  private struct Shape {
    var step: Double?
    var values: Int
  }

  /// What came with each set of names.
  private var shapes: [Int: Shape] = [:]
  private(set) var isBelieved = false
  /// Whoever looks here has found a log before: the first line of a log is enough.
  private let expectsLog: Bool

  /// Sets of names that are kept: garbage has many.
  private static let mostShapes = 1024

  init(expectsLog: Bool = false) { self.expectsLog = expectsLog }

  /// Takes note of pairs of names and numbers: two of the same names at different steps, with a word of trainings, are a
  /// log's.
  mutating func note(pairs names: Int, hasMetric: Bool, step: Double?) {
    guard !isBelieved, hasMetric else { return }
    if expectsLog { isBelieved = true }
    if let known = shapes[names], known.step != step { isBelieved = true }
    keep(names, Shape(step: step, values: 0))
  }

  /// Takes note of an object: two with the same keys and different values, or one at the start of its line with a step or
  /// an epoch, and a word of trainings, are a log's.
  mutating func note(object names: Int, values: Int, hasMetric: Bool, hasStep: Bool, isAtStart: Bool) {
    guard !isBelieved, hasMetric else { return }
    if expectsLog || isAtStart && hasStep { isBelieved = true }
    if let known = shapes[names], known.values != values { isBelieved = true }
    keep(names, Shape(step: nil, values: values))
  }

  mutating func believe() { isBelieved = true }

  private mutating func keep(_ names: Int, _ shape: Shape) {
    if shapes.count >= Self.mostShapes { shapes.removeAll(keepingCapacity: true) }
    shapes[names] = shape
  }
}
