internal import FoundationEssentials
internal import RunModel

/// What `kltop kl --partial` keeps of a part of the rows: every row, so that the report of all parts together is the
/// report that one comparison of everything gives.
package struct PartialReport: Codable, Sendable {
  private static let currentFormat = "kltop-partial/1"

  struct Prompt: Codable, Sendable {
    var name: String?
    var names: [String]
    var positions: Int
    var samples: Int
    /// `RowWords` of each row, little-endian.
    var rows: Data
  }

  struct Finding: Codable, Sendable {
    var code: String
    var message: String
  }

  struct Step: Codable, Sendable {
    var step: Int?
    var prompts: [Prompt]
    var findings: [Finding]
  }

  struct Ignored: Codable, Sendable {
    var path: String
    var reason: String
  }

  private var format = Self.currentFormat
  var vocabulary = 0
  var steps: [Step] = []
  var ignored: [Ignored] = []

  package init() {}

  /// Why parts cannot be put together: one phrase.
  package struct Problem: Error, CustomStringConvertible {
    package var description: String
  }

  // MARK: - Files

  /// The content of a file.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// - Throws: where the bytes are not those of such a file.
  package init(json bytes: [UInt8]) throws(Problem) {
    do {
      self = try JSONDecoder().decode(PartialReport.self, from: Data(bytes))
    } catch {
      throw Problem(description: "is no partial result: kltop kl --partial FILE writes those")
    }
    guard format == Self.currentFormat else {
      throw Problem(description: "is of the format \(format), this kltop reads \(Self.currentFormat)")
    }
    for prompt in steps.flatMap(\.prompts) where !prompt.isWhole {
      throw Problem(description: "is damaged: its rows are not whole")
    }
  }

  // MARK: - Rows

  mutating func add(
    step: Int?, _ prompts: [PromptRows], vocabulary: Int, findings: [LogitsReport.Finding]
  ) {
    self.vocabulary = vocabulary
    steps.append(
      Step(
        step: step, prompts: prompts.map { Prompt($0.part) },
        findings: findings.map { Finding(code: $0.code.rawValue, message: $0.message) }))
  }
}

extension PartialReport.Prompt {
  private static let most = 1 << 30

  /// True where its rows are among the samples that it says it has.
  fileprivate var isWhole: Bool {
    guard rows.count % (RowWords.count * 8) == 0, (1...Self.most).contains(positions),
      (0...Self.most).contains(samples), names.isEmpty || names.count == samples
    else { return false }
    return part(vocabulary: 0).rows.allSatisfy { (0..<positions * samples).contains($0.place) }
  }

  fileprivate init(_ part: PromptRows.Part) {
    name = part.name
    names = part.names
    positions = part.positions
    samples = part.samples
    var bytes: [UInt8] = []
    bytes.reserveCapacity(part.rows.count * RowWords.count * 8)
    for word in part.rows.lazy.flatMap(\.words) {
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    rows = Data(bytes)
  }

  fileprivate func part(vocabulary: Int) -> PromptRows.Part {
    let bytes = [UInt8](rows)
    let words = stride(from: 0, to: bytes.count, by: 8).map { start in
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
    }
    let rows = stride(from: 0, to: words.count, by: RowWords.count).map {
      RowWords(words: Array(words[$0..<$0 + RowWords.count]))
    }
    return PromptRows.Part(
      name: name, names: names, positions: positions, samples: samples, vocabulary: vocabulary, rows: rows)
  }
}

extension LogitsReport {
  /// The report of all rows of some parts, which does not depend on how they were split; samples without names are
  /// numbered in the order of the parts.
  ///
  /// - Throws: where the parts are not of one comparison.
  package init(merging parts: [PartialReport]) throws(PartialReport.Problem) {
    let vocabularies = Set(parts.filter { !$0.steps.isEmpty }.map(\.vocabulary))
    guard vocabularies.count <= 1 else {
      let list = vocabularies.sorted().map(String.init).joined(separator: " and ")
      throw PartialReport.Problem(description: "vocabularies of \(list) entries are not of one comparison")
    }
    let vocabulary = vocabularies.first ?? 0
    self.init(
      policy: "merged", reference: nil, unit: .nats, vocabulary: vocabulary, steps: [], findings: [],
      ignored: [])
    var findings = LogitsFindings()
    let all = parts.flatMap(\.steps)
    for step in Set(all.map(\.step)).sorted(by: { ($0 ?? .min) < ($1 ?? .min) }) {
      let own = all.filter { $0.step == step }
      let byName = Dictionary(grouping: own.flatMap(\.prompts), by: \.name)
      let prompts = byName.sorted { ($0.key ?? "") < ($1.key ?? "") }
        .map { PromptRows($0.value.map { $0.part(vocabulary: vocabulary) }) }
      steps.append(Step(step: step, prompts, vocabulary: vocabulary))
      findings.addMasks(prompts, step)
      for finding in own.flatMap(\.findings).sorted(by: { $0.message < $1.message }) {
        guard let code = LogitsFindingCode(rawValue: finding.code), code != .differentMasks else { continue }
        findings.add(code, step, finding.message)
      }
    }
    self.findings = findings.all
    ignored = parts.flatMap(\.ignored).map { Ignored(path: $0.path, reason: $0.reason) }
      .sorted { ($0.path, $0.reason) < ($1.path, $1.reason) }
  }
}
