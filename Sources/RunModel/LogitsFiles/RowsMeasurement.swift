package import LogitsFiles
internal import RunLog

/// Texts beside the rows files of one folder, each file of them read once.
package struct RowsTexts: Sendable {
  package let directory: String
  private var vocabulary: TokenVocabulary?
  private var probes: [String: RowsProbes] = [:]

  package init(directory: String) { self.directory = directory }

  /// What the folder tells of the samples of a file; a text that cannot be read is not there.
  mutating func texts(of file: RowsFile) -> (RowsHeader.Sample) -> SampleTexts {
    let vocabulary = vocabulary(of: file.header)
    let probes = probes(named: file.header.probes)
    return { SampleTexts(vocabulary: vocabulary, probe: probes?[$0]) }
  }

  /// Tokens of another vocabulary than the rows' are no texts of theirs.
  private mutating func vocabulary(of header: RowsHeader) -> TokenVocabulary? {
    if vocabulary == nil { vocabulary = try? TokenVocabulary(path: path(TokenVocabulary.name)) }
    return vocabulary
  }

  private mutating func probes(named name: String?) -> RowsProbes? {
    // The name comes from the file, and is one of its folder.
    guard let name, !name.contains("/"), !name.hasPrefix(".") else { return nil }
    if probes[name] == nil { probes[name] = try? RowsProbes(path: path(name)) }
    return probes[name]
  }

  private func path(_ name: String) -> String { directory.isEmpty ? name : "\(directory)/\(name)" }
}

extension RowsEvaluation {
  /// Every sample of the evaluation with its rows, which stay in their files.
  ///
  /// - Throws: the first file that cannot be used: part of an evaluation is not taken for the whole.
  package func measured(texts: inout RowsTexts) throws(LogitsFileProblem) -> ComparedLogitsFile {
    var samples: [RowsHeader.Sample: [ComparedSample]] = [:]
    var about: [RowsHeader.Sample: RowsHeader] = [:]
    var first: RowsHeader?
    for group in files {
      var known = Set(samples.keys)
      for path in group {
        let file = try RowsFile(path: path)
        first = first ?? file.header
        try Self.check(file.header, against: first)
        add(file, texts.texts(of: file), without: known, to: &samples)
        for sample in file.header.samples where !known.contains(sample) { about[sample] = file.header }
      }
      known.formUnion(samples.keys)
    }
    let vocabulary = first?.vocabulary ?? 0
    var file = ComparedLogitsFile(parts: Self.parts(samples, about), vocabulary: vocabulary)
    for index in file.parts.indices {
      file.parts[index].sums = ConventionSums(file.parts[index].samples, vocabulary: vocabulary)
    }
    file.shards = shards
    file.checkpoint = first?.metadata["checkpoint"].flatMap { $0.isEmpty ? nil : $0 }
    return file
  }

  private func add(
    _ file: RowsFile, _ texts: (RowsHeader.Sample) -> SampleTexts, without known: Set<RowsHeader.Sample>,
    to samples: inout [RowsHeader.Sample: [ComparedSample]]
  ) {
    for (number, sample) in file.header.samples.enumerated() where !known.contains(sample) {
      var measured = ComparedSample(
        name: .named(sample.sample), rows: RowEvidenceList(file.rows(ofSample: number), of: file),
        pictures: [],
        origin: .rows)
      measured.texts = texts(sample)
      samples[sample, default: []].append(measured)
    }
  }

  private static func check(_ header: RowsHeader, against first: RowsHeader?) throws(LogitsFileProblem) {
    guard let first, first.vocabulary != header.vocabulary else { return }
    throw LogitsFileProblem(
      header.path,
      "has a vocabulary of \(header.vocabulary), another file of this evaluation one of "
        + "\(first.vocabulary)")
  }

  /// By phase and set, in the order of their names: nothing depends on the order of the files.
  private static func parts(
    _ samples: [RowsHeader.Sample: [ComparedSample]], _ about: [RowsHeader.Sample: RowsHeader]
  ) -> [ComparedLogitsFile.Part] {
    var parts: [ProbeKey: ComparedLogitsFile.Part] = [:]
    for (sample, measured) in samples.sorted(by: { $0.key < $1.key }) {
      let header = about[sample]
      let modes = header.map { ModelModes(rows: $0.metadata) } ?? ModelModes()
      let phase = header?.metadata["phase"] == "train" ? Phase.train : .eval
      let probe = ProbeKey(phase: phase, set: sample.set.isEmpty ? nil : sample.set)
      parts[probe, default: .init(probe: probe, modes: modes, samples: [])].samples += measured
      guard let header, header.metadata["sampled_from"] == "policy" else { continue }
      parts[probe]?.tokens += measured.compactMap { TokenEvidence(targetsOf: $0) }
    }
    return parts.sorted { $0.key < $1.key }.map(\.value)
  }
}

extension TokenEvidence {
  /// The targets of rows as tokens that the policy sampled; nil where no row has one.
  fileprivate init?(targetsOf sample: ComparedSample) {
    self.init(sample: sample.name.label, sampledFrom: "policy")
    let rows = sample.rows.filter { $0.target >= 0 }
    add(
      policy: rows.map(\.policyTargetLogProbability), reference: rows.map(\.referenceTargetLogProbability))
    if tokens == 0 { return nil }
  }
}

extension ModelModes {
  /// How the models stood, as the metadata of a rows file says it.
  fileprivate init(rows metadata: [String: String]) {
    self.init()
    policy = metadata["mode"].flatMap { Self.mode($0) }
    reference = metadata["ref_mode"].flatMap { Self.mode($0) }
    policyGradients = metadata["grad_enabled"].map { $0 == "true" }
    referenceGradients = metadata["ref_grad_enabled"].map { $0 == "true" }
    referenceIsAdapterOff = metadata["ref_is_adapter_off"] == "true"
  }

  private static func mode(_ text: String) -> ModelMode? {
    text == "train" ? .train : text == "eval" ? .eval : nil
  }
}
