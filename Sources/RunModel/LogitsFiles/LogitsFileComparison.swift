package import LogitsFiles
package import RunLog

/// The rows of one file of logits, measured like those that stand in a log.
package struct LogitsFileComparison {
  let file: LogitsFileName
  let step: StepComparison

  /// Logits drawn as probability bars: those of the samples that diverge most.
  private static let picturedEntries = 1 << 22
  /// The sample that diverges most is drawn up to this size.
  private static let mostEntriesOfWorst = 1 << 26

  /// Reads the headers; throws where they do not hold the logits of both models at one step.
  ///
  /// - Parameter reference: the file of the reference's logits; nil where `path` holds them as well.
  package init(path: String, reference: String? = nil, file: LogitsFileName) throws(LogitsFileProblem) {
    let header = try LogitsHeader(path: path)
    let options = LogitsOptions()
    let stack = try StackSteps(options, found: nil)
    let policy = try FileParts(policyFile: header, hasReference: reference == nil, stack: stack)
    var references = policy
    if let reference {
      references = try FileParts(referenceFile: LogitsHeader(path: reference), policyAxes: nil, stack: stack)
    }
    guard policy.stackAxes == nil else {
      throw LogitsFileProblem(header.path, "is a stack over steps: compare it with kltop kl")
    }
    self.file = file
    step = try StepComparison(
      step: header.step, policy: policy.policy.map(\.part), reference: references.reference.map(\.part),
      options)
  }

  /// Every sample with its rows that count, measured on this thread.
  package func measured(origin: SampleOrigin) throws(LogitsFileProblem) -> ComparedLogitsFile {
    let measured = try StepMeasurement(step, threads: 1) { _ in }.rows()
    var result: [ComparedSample] = []
    for (prompt, rows) in zip(step.prompts, measured) {
      result += try samples(of: prompt, rows, origin: origin)
    }
    return ComparedLogitsFile(parts: [.init(samples: result)], vocabulary: step.vocabulary)
  }

  private func samples(
    of prompt: PromptComparison, _ rows: PromptRows, origin: SampleOrigin
  ) throws(LogitsFileProblem) -> [ComparedSample] {
    let groups = rows.samples
    var samples = groups.map { number, rows in
      ComparedSample(
        name: name(ofSample: number, of: prompt, rows: groups.count),
        rows: RowEvidenceList(rows.map { RowEvidence($0, position: $0.row % prompt.positions) }),
        pictures: [],
        origin: origin)
    }
    let pictures = try RowPictures(prompt, tokens: file.tokens)
    let drawn = pictured(samples, vocabulary: prompt.vocabulary)
    var all = try pictures.pictures(ofRows: drawn.flatMap { groups[$0].rows.map(\.row) })[...]
    for index in drawn {
      samples[index].pictures = Array(all.prefix(groups[index].rows.count))
      all = all.dropFirst(groups[index].rows.count)
    }
    return samples
  }

  /// - Parameter rows: samples of the prompt.
  func name(ofSample number: Int, of prompt: PromptComparison, rows: Int) -> SampleName {
    if let name = prompt.name { return .named(rows > 1 ? "\(name)[\(number)]" : name) }
    return file.names.indices.contains(number) ? .named(file.names[number]) : .row(number)
  }

  /// The samples to draw.
  private func pictured(_ samples: [ComparedSample], vocabulary: Int) -> [Int] {
    let order = samples.indices.sorted {
      samples[$0].meanPolicyReference > samples[$1].meanPolicyReference
    }
    var entries = 0
    return order.enumerated().prefix { rank, index in
      entries += samples[index].rows.count * vocabulary
      return entries <= (rank == 0 ? Self.mostEntriesOfWorst : Self.picturedEntries)
    }.map(\.element)
  }
}

extension RowEvidence {
  fileprivate init(_ row: ComparedRow, position: Int) {
    self.init(row.divergence, position: position)
    if let target = row.target, let logProbabilities = row.targetLogProbabilities {
      setTarget(target, policy: logProbabilities.policy, reference: logProbabilities.reference)
      policyMargin = row.policyMargin
    }
  }
}
