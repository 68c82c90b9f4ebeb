package import LogitsFiles

/// Which logits are compared with which, before any of them is read.
package struct ComparisonPlan: Sendable {
  /// In the order of the steps; those without one first.
  package private(set) var steps: [StepComparison] = []
  /// Files that are left out, each with the reason.
  package private(set) var ignored: [LogitsFileProblem] = []

  /// Reads all headers and matches policy and reference by step.
  ///
  /// - Throws: where nothing can be compared.
  package init(policy: String, reference: String?, options: LogitsOptions) throws(LogitsFileProblem) {
    let policyListing = try LogitsListing(path: policy)
    let stack = try StackSteps(options, found: policyListing.stepsFile)
    let policyFiles = files(of: policyListing) { (file) throws(LogitsFileProblem) in
      try FileParts(policyFile: file, hasReference: reference == nil, stack: stack)
    }
    let references: ReferenceParts
    if let reference {
      let axes = policyFiles.lazy.compactMap(\.stackAxes).first
      let referenceFiles = files(of: try LogitsListing(path: reference)) { (file) throws(LogitsFileProblem) in
        try FileParts(referenceFile: file, policyAxes: axes, stack: stack)
      }
      references = ReferenceParts(widest(of: referenceFiles, \.reference))
    } else {
      references = ReferenceParts([:])
    }
    plan(policyFiles, references, options, hasOwnReference: reference == nil)
    if steps.isEmpty { throw ignored.first ?? LogitsFileProblem(policy, "has no logits to compare") }
  }

  /// The parts of every file that can be used.
  private mutating func files(
    of listing: LogitsListing, _ parts: (LogitsHeader) throws(LogitsFileProblem) -> FileParts
  ) -> [FileParts] {
    ignored += listing.ignored
    var result: [FileParts] = []
    for file in listing.files {
      do throws(LogitsFileProblem) { result.append(try parts(file)) } catch { ignored.append(error) }
    }
    return result
  }

  private mutating func plan(
    _ files: [FileParts], _ references: ReferenceParts, _ options: LogitsOptions, hasOwnReference: Bool
  ) {
    let kept = widest(of: files, \.policy)
    for (tag, files) in kept.sorted(by: { $0.key.step ?? .min < $1.key.step ?? .min }) {
      let policy = files.flatMap { $0.parts(at: tag, in: \.policy) }
      let own = files.flatMap { $0.parts(at: tag, in: \.reference) }
      do throws(LogitsFileProblem) {
        guard let reference = hasOwnReference ? own : references.parts(at: tag) else {
          throw LogitsFileProblem(policy[0].file.path, "the reference has no logits of \(tag.name)")
        }
        let step = try StepComparison(step: tag.step, policy: policy, reference: reference, options)
        try checkVocabulary(step, policy[0].file.path)
        steps.append(step)
      } catch { ignored.append(error) }
    }
  }

  /// A report has one vocabulary.
  private func checkVocabulary(_ step: StepComparison, _ path: String) throws(LogitsFileProblem) {
    guard let first = steps.first, first.vocabulary != step.vocabulary else { return }
    throw LogitsFileProblem(
      path, "has a vocabulary of \(step.vocabulary), the steps before one of \(first.vocabulary)")
  }

  /// The files of each step, without those whose type is less precise than another's.
  private mutating func widest(
    of files: [FileParts], _ parts: KeyPath<FileParts, [FileParts.Tagged]>
  ) -> [FileParts.Tag: [FileParts]] {
    var byTag: [FileParts.Tag: [FileParts]] = [:]
    for file in files {
      for tag in Set(file[keyPath: parts].map(\.tag)) { byTag[tag, default: []].append(file) }
    }
    for (tag, files) in byTag {
      let best = files.map(\.precisionRank).min() ?? 0
      byTag[tag] = files.filter { $0.precisionRank == best }
      ignored += files.filter { $0.precisionRank > best }.map {
        LogitsFileProblem($0.file.path, "more precise logits of \(tag.name) are used")
      }
    }
    return byTag
  }
}

/// The reference's parts by step.
private struct ReferenceParts {
  private let byTag: [FileParts.Tag: [LogitsPart]]

  init(_ files: [FileParts.Tag: [FileParts]]) {
    byTag = Dictionary(
      uniqueKeysWithValues: files.map { tag, files in
        (tag, files.flatMap { $0.parts(at: tag, in: \.reference) })
      })
  }

  /// The parts of a step; those of a reference of one step only serve all.
  func parts(at tag: FileParts.Tag) -> [LogitsPart]? {
    byTag[tag] ?? (byTag.count == 1 ? byTag.first?.value : nil)
  }
}

extension FileParts {
  fileprivate func parts(at tag: Tag, in list: KeyPath<FileParts, [Tagged]>) -> [LogitsPart] {
    self[keyPath: list].filter { $0.tag == tag || $0.tag == .everyStep }.map(\.part)
  }
}

extension FileParts.Tag {
  var step: Int? {
    if case .step(let step) = self { step } else { nil }
  }

  fileprivate var name: String { step.map { "step \($0)" } ?? "an unknown step" }
}
