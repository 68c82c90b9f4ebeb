internal import RunLog

/// The KLs against the reference that stand in one record: which of them is about the record's own rows.
struct RecordKLs {
  struct Entry {
    var series: SeriesID
    /// Nats, as the log believes.
    var value: Double
    fileprivate var role: MetricRole
    fileprivate var key: MetricKey
    fileprivate var namesOwnSet: Bool
    fileprivate var folders: Int
  }

  private var phase: Phase
  /// Those about rows of the record's phase and set, or that do not say.
  private(set) var entries: [Entry] = []

  /// - Parameters:
  ///   - set: what the record's logits are about; `nil` where it does not say.
  ///   - knownSets: every set that the log has logits of, in lower case.
  init(phase: Phase, set: String?, knownSets: Set<String>) {
    self.phase = phase
    self.set = set?.lowercased()
    self.knownSets = knownSets
  }

  private var set: String?
  private var knownSets: Set<String>

  /// Takes in one number of the record; anything but a KL of its rows is passed over.
  mutating func add(_ series: Series, id: SeriesID, value: Double) {
    guard let role = series.role, role.isKL else { return }
    let folders = Self.folders(of: series.name)
    let namesOwnSet = set.map { folders.contains($0) } ?? false
    if !namesOwnSet {
      if folders.contains(where: { knownSets.contains($0) }) { return }
      // A record of an evaluation may repeat the last training KL.
      if phase == .eval, folders.contains(where: { Phase(word: $0) == .train }) { return }
    }
    entries.append(
      Entry(
        series: id, value: value, role: role, key: series.key, namesOwnSet: namesOwnSet,
        folders: folders.count))
  }

  /// Components in front of the last one, in lower case, without the phase that a key begins with: a set may be called
  /// `test`.
  private static func folders(of key: String) -> [String] {
    let folders = key.lowercased().split(separator: "/").dropLast().map(String.init)
    return folders.first.flatMap { Phase(word: $0) } == nil ? folders : Array(folders.dropFirst())
  }

  /// The one that states D(policy‖reference) of the record's rows; `nil` where none does.
  var stated: LoggedKL? {
    let role: MetricRole = phase == .eval ? .evaluationKL : .kl
    var best: Entry?
    for entry in entries where entry.role == role {
      if let best, entry.rank < best.rank { continue }
      best = entry
    }
    return best.map { LoggedKL(value: $0.value, isTermOfLoss: $0.key.isTermOfLoss) }
  }

  /// Those that show how far the models are apart: terms of a loss only where nothing else does.
  var distances: [Entry] {
    let plain = entries.filter { !$0.key.isTermOfLoss }
    return plain.isEmpty ? entries : plain
  }
}

/// A KL that stands in the log beside logits.
struct LoggedKL: Sendable, Hashable {
  /// Nats, as the log believes.
  var value: Double
  /// True where its key names a term of a loss or reward, which may carry a weight.
  var isTermOfLoss: Bool
}

extension RecordKLs.Entry {
  /// Higher is nearer to the KL of the record's rows.
  fileprivate var rank: (Int, Int, Int, Int) {
    (key.isTermOfLoss ? 0 : 1, namesOwnSet ? 1 : 0, key.isExactlyKL ? 1 : 0, -folders)
  }
}

/// What a series says of itself.
extension Series {
  /// True for a KL whose key names a term of a loss or reward, which may carry a weight.
  package var isTermOfLoss: Bool { key.isTermOfLoss }
}

/// What the key of a KL says about its own rows.
extension MetricKey {
  /// Folders whose numbers are added up to a loss or a reward.
  private static let sums: Set<String> = ["loss", "losses", "reward", "rewards"]
  private static let terms: Set<String> = ["kl_loss", "reward_kl_penalty"]

  fileprivate var isExactlyKL: Bool { name == "kl" }

  /// True for a term of a loss or reward, which may carry a weight.
  fileprivate var isTermOfLoss: Bool {
    Self.terms.contains(name) || folders.contains { Self.sums.contains($0) }
  }
}
