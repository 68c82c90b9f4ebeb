package import LogitsFiles
internal import RunLog

/// Takes from files of logits what the audit of a logged KL needs beside their divergence.
///
/// As with logits in a log, other quantities are measured within a second or two in all.
package struct FileEvidence: Sendable {
  private var earlier = EarlierModels()
  /// Exponentials that may still be taken.
  private var budget = 150_000_000
  /// Logits that are read once more for it, at most: 8 bytes each.
  private static let mostEntries = 1 << 22

  package init() {}

  /// Reads the file once more for what it tells of a probe's rows.
  package mutating func add(
    to measured: inout ComparedLogitsFile, of measurement: LogitsFileComparison, probe: ProbeKey
  ) throws(LogitsFileProblem) {
    var shift = ReferenceShift()
    var quantities: LogitsQuantities?
    var isWhole = true
    for prompt in measurement.step.prompts {
      guard prompt.rows * prompt.vocabulary <= Self.mostEntries else {
        isWhole = false
        continue
      }
      let reader = try PromptReader(prompt)
      var block = try reader.block()
      let news = earlier.compare(reader.samples(of: block, measurement, probe))
      shift.merge(news.shift)
      let previous = news.previousPolicies.compactMap(\.self)
      if previous.count == block.samples { block.previousPolicy = previous.flatMap(\.self) }
      guard let more = self.quantities(of: block) else {
        isWhole = false
        continue
      }
      quantities?.merge(more)
      quantities = quantities ?? more
    }
    measured.shift = shift
    measured.quantities = isWhole ? quantities : nil
  }

  private mutating func quantities(of block: LogitsBlock) -> LogitsQuantities? {
    for costly in [true, false] {
      let cost = LogitsQuantities.cost(of: block, costly: costly)
      guard cost <= budget else { continue }
      budget -= cost
      return LogitsQuantities(block, costly: costly)
    }
    return nil
  }
}

/// Reads the rows of one prompt as numbers.
private struct PromptReader {
  private let prompt: PromptComparison
  private let labels: RowLabels

  init(_ prompt: PromptComparison) throws(LogitsFileProblem) {
    self.prompt = prompt
    labels = try RowLabels(prompt)
  }

  /// Every row, in order.
  func block() throws(LogitsFileProblem) -> LogitsBlock {
    let rows = prompt.rows
    var block = LogitsBlock(
      samples: rows / prompt.positions, positions: prompt.positions, vocabulary: prompt.vocabulary,
      policy: [],
      reference: [], mask: (0..<rows).map { labels.count($0) }, targets: labels.targets)
    for run in prompt.runs {
      let pair = try RowPairReader(prompt, run: run, threads: 1)
      var rooms = RowPairReader.Rooms()
      let logits = try pair.numbers(run, &rooms)
      block.policy += logits.policy
      block.reference += logits.reference
      try pair.checkUnchanged()
    }
    switch prompt.policy[0].source.type {
    case .bfloat16: block.grain = .bits(8)
    case .float16: block.grain = .bits(11)
    default: block.grain = LogitsGrain(of: block.policy)
    }
    return block
  }

  func samples(
    of block: LogitsBlock, _ measurement: LogitsFileComparison, _ probe: ProbeKey
  ) -> [ComparableSample] {
    (0..<block.samples).map { sample in
      let rows = sample * block.positions..<(sample + 1) * block.positions
      let entries = rows.lowerBound * block.vocabulary..<rows.upperBound * block.vocabulary
      let name = measurement.name(ofSample: sample, of: prompt, rows: block.samples)
      return ComparableSample(
        key: ReferenceKey(set: probe.set, phase: probe.phase, name: name, vocabulary: block.vocabulary),
        reference: Array(block.reference[entries]), policy: Array(block.policy[entries]),
        targets: block.targets.isEmpty ? [] : Array(block.targets[rows]),
        tokens: tokens(measurement.file.tokens, rows), mask: Array(block.mask[rows]))
    }
  }

  private func tokens(_ tokens: [String], _ rows: Range<Int>) -> [String] {
    let places = tokens.count == prompt.positions ? 0..<rows.count : rows
    return places.upperBound <= tokens.count ? Array(tokens[places]) : []
  }
}
