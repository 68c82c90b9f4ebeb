package import LogitsFiles
internal import RunLog

/// Takes from files of logits what the audit of a logged KL needs beside their divergence.
///
/// As with logits in a log, misuses of `kl_div` and other temperatures are measured within a second or two in all.
package struct FileEvidence: Sendable {
  private var firstReferences = FirstReferences()
  /// Exponentials that may still be taken.
  private var budget = 150_000_000

  package init() {}

  /// Reads the file once more for what it tells of a probe's rows.
  package mutating func add(
    to measured: inout MeasuredLogitsFile, of measurement: LogitsFileMeasurement, probe: ProbeKey
  ) throws(LogitsFileProblem) {
    var references: [ReferenceSample] = []
    var numbersLeft = FirstReferences.mostElements
    for prompt in measurement.step.prompts {
      let reader = try PromptRowReader(prompt)
      references += try reader.references(measurement, probe, &numbersLeft)
    }
    measured.shift = firstReferences.shift(of: references)
    measured.misuse = try misuse(of: measurement.step)
  }

  private mutating func misuse(of step: StepComparison) throws(LogitsFileProblem) -> MisuseSums? {
    let entries = step.prompts.reduce(0) { $0 + $1.rows * $1.vocabulary }
    let (cost, overflow) = entries.multipliedReportingOverflow(by: MisuseSums.costOfEntry)
    guard !overflow, cost <= budget else { return nil }
    budget -= cost
    var sums = MisuseSums()
    for prompt in step.prompts { try PromptRowReader(prompt).add(to: &sums) }
    return sums
  }
}

/// Reads rows of one prompt as numbers, one after the other.
private struct PromptRowReader {
  private let prompt: PromptComparison
  private let labels: RowLabels
  private let runs: [RowRun]

  init(_ prompt: PromptComparison) throws(LogitsFileProblem) {
    self.prompt = prompt
    labels = try RowLabels(prompt)
    runs = prompt.runs
  }

  /// Adds every row that counts.
  func add(to sums: inout MisuseSums) throws(LogitsFileProblem) {
    for run in runs {
      let pair = try OpenPair(prompt, run: run, threads: 1)
      var rooms = OpenPair.Rooms()
      for index in 0..<run.count where labels.count(run.first + index) {
        let logits = try pair.numbers(run.piece(index..<index + 1), &rooms)
        sums.add(
          policy: logits.policy.span, reference: logits.reference.span,
          target: labels.target(run.first + index))
      }
      try pair.checkUnchanged()
    }
  }

  /// The first positions of the first samples, as many as are compared with later ones.
  func references(
    _ measurement: LogitsFileMeasurement, _ probe: ProbeKey, _ numbersLeft: inout Int
  ) throws(LogitsFileProblem) -> [ReferenceSample] {
    let samples = prompt.rows / prompt.positions
    let positions = min(prompt.positions, FirstReferences.mostPositions)
    var result: [ReferenceSample] = []
    for sample in 0..<samples where numbersLeft >= positions * prompt.vocabulary {
      numbersLeft -= positions * prompt.vocabulary
      let rows = sample * prompt.positions..<sample * prompt.positions + positions
      let name = measurement.name(ofSample: sample, of: prompt, rows: samples)
      result.append(
        ReferenceSample(
          key: ReferenceKey(set: probe.set, phase: probe.phase, name: name, vocabulary: prompt.vocabulary),
          logits: try reference(rows), targets: labels.targets.isEmpty ? [] : Array(labels.targets[rows]),
          tokens: tokens(measurement.file.tokens, rows), mask: rows.map { labels.count($0) }))
    }
    return result
  }

  /// T × V logits of the reference.
  private func reference(_ rows: Range<Int>) throws(LogitsFileProblem) -> [Double] {
    var result: [Double] = []
    for run in runs {
      let common = rows.clamped(to: run.first..<run.first + run.count)
      if common.isEmpty { continue }
      let pair = try OpenPair(prompt, run: run, threads: 1)
      var rooms = OpenPair.Rooms()
      let piece = run.piece(common.lowerBound - run.first..<common.upperBound - run.first)
      result += try pair.numbers(piece, &rooms).reference
      try pair.checkUnchanged()
    }
    return result
  }

  private func tokens(_ tokens: [String], _ rows: Range<Int>) -> [String] {
    let places = tokens.count == prompt.positions ? 0..<rows.count : rows
    return places.upperBound <= tokens.count ? Array(tokens[places]) : []
  }
}
