package import LogitsFiles

/// Compares the rows of one step, a block at a time.
package struct StepMeasurement {
  private let step: StepComparison
  private let threads: Int?
  /// Called with the bytes of every block that is done.
  private let progress: (Int) -> Void

  /// Bytes of a block of the policy: enough for all threads, and to tell of the progress.
  private static let blockBytes = 1 << 26
  /// The same where a block is gathered into memory first.
  private static let gatheredBytes = 1 << 24
  /// Entries that are measured faster than two runs are begun.
  private static let bridgedEntries = 1 << 14

  package init(_ step: StepComparison, threads: Int?, progress: @escaping (Int) -> Void) {
    self.step = step
    self.threads = threads
    self.progress = progress
  }

  /// The rows of every prompt that count.
  package func rows() throws(LogitsFileProblem) -> [PromptRows] {
    var result: [PromptRows] = []
    for prompt in step.prompts { result.append(try rows(of: prompt)) }
    return result
  }

  private func rows(of prompt: PromptComparison) throws(LogitsFileProblem) -> PromptRows {
    let labels = try RowLabels(prompt)
    let runs = prompt.runs.covering(labels.counts, bridge: Self.bridgedEntries / prompt.vocabulary)
    var result = PromptRows(prompt)
    var rest = runs[...]
    while let first = rest.first {
      let sameFiles = rest.prefix { $0.isOfSameFiles(as: first) }
      try measure(Array(sameFiles), prompt, labels, &result)
      rest = rest.dropFirst(sameFiles.count)
    }
    return result
  }

  /// Measures runs of one part of each model.
  private func measure(
    _ runs: [RowRange], _ prompt: PromptComparison, _ labels: RowLabels, _ result: inout PromptRows
  ) throws(LogitsFileProblem) {
    let pair = try RowPairReader(prompt, run: runs[0], threads: threads)
    var rooms = RowPairReader.Rooms()
    let bytes = pair.isLentInPlace ? Self.blockBytes : Self.gatheredBytes
    let blockRows = max(1, bytes / (prompt.vocabulary * pair.widestEntry))
    for run in runs {
      for block in run.pieces(ofAtMost: blockRows) {
        let targets = (block.first..<block.first + block.count).map { labels.target($0) }
        let rows = try pair.measure(block, targets: targets, &rooms)
        result.rows += rows.filter { labels.count($0.row) }
        progress(block.count * prompt.vocabulary * pair.bytesPerEntry)
      }
    }
    if result.shift == nil, let run = runs.max(by: { $0.count < $1.count }) {
      result.shift = try RowShift.find(in: run, measured: result.rows, of: pair, &rooms)
    }
    try pair.checkUnchanged()
  }
}

/// The rows of one prompt at one step.
package struct PromptRows: Sendable {
  package let name: String?
  /// True where the prompt has several samples, so that its name does not tell which.
  package let hasSamples: Bool
  /// Rows that count.
  package var rows: [ComparedRow] = []
  /// Set where the rows of the two models fit better when one moves by a position.
  package var shift: RowShift?
  /// Rows of each sample, at most.
  let positions: Int
  /// What the samples are called; empty where they are numbered.
  package let names: [String]
  /// V.
  package let vocabulary: Int
  /// Samples, those without rows that count among them.
  let sampleCount: Int

  init(_ prompt: PromptComparison) {
    name = prompt.name
    positions = prompt.positions
    names = []
    vocabulary = prompt.vocabulary
    hasSamples = prompt.rows > prompt.positions
    sampleCount = prompt.rows / max(1, prompt.positions)
    rows.reserveCapacity(prompt.rows)
  }

  init(name: String?, names: [String], positions: Int, samples: Int, vocabulary: Int) {
    self.name = name
    self.names = names
    self.positions = max(1, positions)
    self.vocabulary = vocabulary
    sampleCount = samples
    hasSamples = samples > 1 || !names.isEmpty
  }

  /// Samples with names of their own, before their rows are added.
  init(names: [String], positions: Int, vocabulary: Int) {
    self.vocabulary = vocabulary
    name = nil
    self.names = names
    self.positions = max(1, positions)
    sampleCount = names.count
    hasSamples = true
  }
}

extension PromptRows {
  /// Numbers of the samples with rows that count, and those rows.
  package var samples: [(number: Int, rows: ArraySlice<ComparedRow>)] {
    var result: [(number: Int, rows: ArraySlice<ComparedRow>)] = []
    var rest = rows[...]
    while let first = rest.first {
      let number = first.row / positions
      let rows = rest.prefix { $0.row / positions == number }
      result.append((number, rows))
      rest = rest.dropFirst(rows.count)
    }
    return result
  }
}
