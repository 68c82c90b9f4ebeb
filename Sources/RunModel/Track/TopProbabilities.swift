internal import Curves
internal import LogitsFiles
internal import RealModule

/// Probabilities of both models on one row, enough of them to draw: all of a small vocabulary, else the entries that
/// matter (largest contributions, likeliest of either model, the target) and the rest as one sum.
package struct TopProbabilities: Sendable {
  package struct Entry: Sendable, Hashable {
    /// Class or vocabulary index.
    package var index: Int
    /// Probability under the reference, 0…1.
    package var reference: Double
    /// Probability under the policy, 0…1.
    package var policy: Double
    /// Place among all V entries under each model, the likeliest 1, equals alike; 0 for a sum of entries.
    package var referenceRank = 0
    package var policyRank = 0
    /// Its text; nil where the log names the classes, or nothing does.
    package var text: String?
    /// The entry's term of D(policy‖reference) = Σ p log(p/q), nats.
    package let contribution: Double

    /// Δp = tuned − base.
    package var change: Double { policy - reference }

    /// Size of the contribution; one that is not a number comes first, where it is seen.
    fileprivate var magnitude: Double { contribution.isNaN ? .infinity : abs(contribution) }

    package init(index: Int, reference: Double, policy: Double) {
      self.index = index
      self.reference = reference
      self.policy = policy
      contribution =
        policy == 0
        ? 0 : reference == 0 ? .infinity : policy * (Double.log(policy) - Double.log(reference))
    }

    /// An entry of log-probabilities, which tell what is too small for a probability.
    fileprivate init(index: Int, logReference: Double, logPolicy: Double) {
      self.index = index
      reference = min(1, Double.exp(logReference))
      policy = min(1, Double.exp(logPolicy))
      contribution =
        policy == 0 ? 0 : logReference == -.infinity ? .infinity : policy * (logPolicy - logReference)
    }
  }

  /// V.
  package var vocabulary: Int
  /// Largest contribution to D(policy‖reference) first, by absolute value.
  package var entries: [Entry]
  /// Probability outside `entries`, one minus theirs; `nil` where every entry is listed.
  package var rest: Entry? = nil
  /// Index of the right class, `nil` where the log names none.
  package var target: Int?
  /// The text at this position, where the log has it.
  package var token: String?
  /// Names of the classes that came with the record; empty where it has none.
  package var labels: [String]
  /// Ranks are known up to this one: an entry with rank 0 is beyond it. Nil where every rank is known.
  package var rankLimit: Int?

  /// Vocabularies up to this size are kept whole.
  static let wholeVocabulary = 64
  /// What a picture takes beside its entries, in entries.
  static let overhead = 6
  private static let keptContributions = 32
  private static let keptLikeliest = 8

  /// - Parameters:
  ///   - policy: V probabilities of π_θ.
  ///   - reference: V probabilities of π_θ0.
  init(
    policy: [Double], reference: [Double], target: Int?, token: String?, labels: [String]
  ) {
    self.vocabulary = policy.count
    self.target = target.flatMap { policy.indices.contains($0) ? $0 : nil }
    self.token = token
    self.labels = labels
    let all = policy.indices.map { Entry(index: $0, reference: reference[$0], policy: policy[$0]) }
    let isWhole = all.count <= Self.wholeVocabulary
    entries = isWhole ? all : Self.worthDrawing(all, target: self.target).map { all[$0] }
    entries.sort(by: Self.contributesMore)
    rankEntries(policy: policy, reference: reference)
    guard !isWhole else { return }
    rest = restOfEntries
  }

  /// Draws a row of a rows file: what it lists, the target, and the rest as one sum.
  init(row: Int, of file: RowsFile, vocabulary: TokenVocabulary?) {
    self.vocabulary = file.header.vocabulary
    let target = file.target(row)
    self.target = target >= 0 ? target : nil
    token = vocabulary?.text(of: target)
    labels = []
    rankLimit = file.header.k
    let listed = file.entries(row)
    entries = listed.map { listed in
      Entry(index: listed.id, logReference: listed.reference, logPolicy: listed.policy)
    }
    rankEntries(listed, k: file.header.k)
    setTarget(target, row, of: file)
    for index in entries.indices { entries[index].text = vocabulary?.text(of: entries[index].index) }
    entries.sort(by: Self.contributesMore)
    if entries.count < self.vocabulary { rest = restOfEntries }
  }

  /// The target is among the entries in any case, with the ranks that the row gives it.
  private mutating func setTarget(_ target: Int, _ row: Int, of file: RowsFile) {
    guard target >= 0, !file.flags(row).contains(.noTarget) else { return }
    let place = entries.firstIndex { $0.index == target } ?? entries.count
    if place == entries.count {
      entries.append(
        Entry(index: target, logReference: file.referenceTarget(row), logPolicy: file.policyTarget(row)))
    }
    entries[place].policyRank = file.policyTargetRank(row)
    entries[place].referenceRank = file.referenceTargetRank(row)
  }

  /// Of the union of both models' k likeliest entries the first k of each model are its own: their places are known.
  private mutating func rankEntries(_ listed: [RowsFile.Entry], k: Int) {
    let policyRanks = Self.ranks(of: listed.map(\.policy), among: listed.map(\.policy))
    let referenceRanks = Self.ranks(of: listed.map(\.reference), among: listed.map(\.reference))
    for (index, entry) in listed.enumerated() {
      entries[index].policyRank =
        entry.policyRank > 0 ? entry.policyRank : policyRanks[index] <= k ? policyRanks[index] : 0
      entries[index].referenceRank =
        entry.referenceRank > 0
        ? entry.referenceRank : referenceRanks[index] <= k ? referenceRanks[index] : 0
    }
  }

  private var restOfEntries: Entry {
    Entry(
      index: -1, reference: max(0, 1 - entries.reduce(0) { $0 + $1.reference }),
      policy: max(0, 1 - entries.reduce(0) { $0 + $1.policy }))
  }

  private mutating func rankEntries(policy: [Double], reference: [Double]) {
    let policyRanks = Self.ranks(of: entries.map(\.policy), among: policy)
    let referenceRanks = Self.ranks(of: entries.map(\.reference), among: reference)
    for index in entries.indices {
      entries[index].policyRank = policyRanks[index]
      entries[index].referenceRank = referenceRanks[index]
    }
  }

  /// One more than the number of probabilities above each of some values, found in one sweep: nearly all of a long
  /// vocabulary is less likely than what is kept of it.
  private static func ranks(of values: [Double], among all: [Double]) -> [Int] {
    let rising = Array(Set(values.lazy.filter { !$0.isNaN })).sorted()
    // `above[n]` counts the probabilities that exceed exactly the first n values.
    var above = Array(repeating: 0, count: rising.count + 1)
    if let least = rising.first {
      for value in all where value > least { above[rising.partitionPoint { $0 < value }] += 1 }
    }
    for place in rising.indices.reversed() { above[place] += above[place + 1] }
    return values.map { value in
      value.isNaN ? 0 : 1 + above[rising.partitionPoint { $0 < value } + 1]
    }
  }

  private static func contributesMore(_ left: Entry, _ right: Entry) -> Bool {
    let (a, b) = (left.magnitude, right.magnitude)
    return a == b ? left.index < right.index : a > b
  }

  private static func worthDrawing(_ all: [Entry], target: Int?) -> Set<Int> {
    var kept = Set(likeliest(all, count: keptContributions) { $0.magnitude })
    kept.formUnion(likeliest(all, count: keptLikeliest, by: \.policy))
    kept.formUnion(likeliest(all, count: keptLikeliest, by: \.reference))
    if let target { kept.insert(target) }
    return kept
  }

  /// Indices of the `count` largest, found in one sweep: vocabularies are long and `count` is small.
  private static func likeliest(_ all: [Entry], count: Int, by value: (Entry) -> Double) -> [Int] {
    var best: [(value: Double, index: Int)] = []
    for entry in all {
      let candidate = value(entry)
      if best.count == count, let last = best.last, !(candidate > last.value) { continue }
      let place = best.firstIndex { candidate > $0.value } ?? best.count
      best.insert((candidate, entry.index), at: place)
      if best.count > count { best.removeLast() }
    }
    return best.map(\.index)
  }
}

extension TopProbabilities {
  /// The entry of a class, `nil` where it is not among those kept.
  package func entry(_ index: Int) -> Entry? { entries.first { $0.index == index } }
}
