/// The file of one rank of a training, `metrics.rank-3.jsonl`, or `rank_3/metrics.jsonl`, as its name tells.
struct RankFile: Hashable {
  /// What the names of all ranks of one log have in common.
  var group: String
  var rank: Int

  private static let word = "rank"

  /// `nil` for a name that names no rank.
  init?(_ name: String) {
    let lowered = name.lowercased()
    guard let match = lowered.lastRange(ofWord: Self.word) else { return nil }
    let rest = lowered[match.upperBound...].drop { "._-".contains($0) }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let rank = Int(digits), digits.count < 8 else { return nil }
    let ending = rest[digits.endIndex...]
    guard ending.isEmpty || [".", "_", "-"].contains(ending.first) else { return nil }
    group = lowered[..<match.lowerBound] + "*" + ending
    self.rank = rank
  }

  /// True for a file with the lines of a log.
  static func isLog(_ name: String) -> Bool {
    guard let file = RankFile(name) else { return false }
    return [".jsonl", ".jsonl.gz", ".jsonl.zst"].contains { file.group.hasSuffix($0) }
  }

  /// The files of the log with the most ranks, in the order of the ranks.
  static func largestLog(of names: [String]) -> [String] {
    let files = names.compactMap { name in RankFile(name).map { (name, $0) } }
    let logs = Dictionary(grouping: files) { $0.1.group }
    let largest = logs.values.max { ($0.count, $1[0].1.group) < ($1.count, $0[0].1.group) } ?? []
    return largest.sorted { ($0.1.rank, $0.0) < ($1.1.rank, $1.0) }.map(\.0)
  }
}

extension String {
  /// Where a word stands that no letter comes before, the last such place.
  fileprivate func lastRange(ofWord word: String) -> Range<Index>? {
    var found: Range<Index>?
    var rest = self[...]
    while let range = rest.firstRange(of: word) {
      let isWord = range.lowerBound == startIndex || !self[index(before: range.lowerBound)].isLetter
      if isWord { found = range }
      rest = self[range.upperBound...]
    }
    return found
  }
}
