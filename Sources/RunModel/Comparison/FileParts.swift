internal import LogitsFiles

/// What one file gives: parts of the policy, and of the reference where it holds both.
struct FileParts {
  /// When a part applies.
  enum Tag: Hashable {
    case step(Int?)
    /// A reference that does not change, beside a stack of the policy.
    case everyStep
  }

  typealias Tagged = (tag: Tag, part: LogitsPart)

  let file: LogitsHeader
  private(set) var policy: [Tagged] = []
  private(set) var reference: [Tagged] = []
  /// Axes of the policy's logits where the first of them is the step.
  private(set) var stackAxes: Int?

  /// Both models of a file of pairs, or the policy alone.
  init(policyFile file: LogitsHeader, hasReference: Bool, stack: StackSteps) throws(LogitsFileProblem) {
    self.file = file
    if case .llamaBase = file.content {
      throw LogitsFileProblem(
        file.path, "a llama.cpp base holds rounded numbers of a reference: name it second")
    }
    for tensors in file.prompts(asReference: false) {
      guard let source = tensors.policy else { continue }
      let steps = try stack.steps(of: source, in: file)
      policy += try Self.tagged(source, tensors, file, steps)
      if steps != nil { stackAxes = source.shape.count }
      guard hasReference, let reference = tensors.reference else { continue }
      self.reference += try Self.referenceParts(reference, tensors, file, beside: source, steps)
    }
    if policy.isEmpty {
      throw LogitsFileProblem(file.path, "has no tensor logits or policy_logits, but \(file.inventory)")
    }
    if hasReference && reference.isEmpty {
      throw LogitsFileProblem(
        file.path,
        "has no tensor ref_logits or reference_logits, but \(file.inventory): name a reference as well")
    }
  }

  /// A file of the reference alone.
  ///
  /// - Parameter policyAxes: axes of the policy's logits where the first of them is the step.
  init(referenceFile file: LogitsHeader, policyAxes: Int?, stack: StackSteps) throws(LogitsFileProblem) {
    self.file = file
    for tensors in file.prompts(asReference: true) {
      guard let source = tensors.reference else { continue }
      let isConstant = policyAxes.map { $0 > source.shape.count } ?? false
      let steps = isConstant ? nil : try stack.steps(of: source, in: file)
      let parts = try Self.tagged(source, tensors, file, steps)
      reference += isConstant ? parts.map { (.everyStep, $0.part) } : parts
    }
    if reference.isEmpty {
      throw LogitsFileProblem(file.path, "has no tensor ref_logits or logits, but \(file.inventory)")
    }
  }

  private static func referenceParts(
    _ source: RowSource, _ tensors: PromptTensors, _ file: LogitsHeader, beside policy: RowSource,
    _ steps: [Int]?
  ) throws(LogitsFileProblem) -> [Tagged] {
    guard steps != nil, source.shape.count < policy.shape.count else {
      if let steps, source.shape.first != steps.count {
        throw LogitsFileProblem(
          file.path, "logits are \(written(policy.shape)), ref_logits \(written(source.shape))")
      }
      return try tagged(source, tensors, file, steps)
    }
    // The mask and the targets have the policy's shape.
    var alone = tensors
    alone.mask = nil
    alone.targets = nil
    alone.tokens = nil
    return try tagged(source, alone, file, nil).map { (.everyStep, $0.part) }
  }

  private static func tagged(
    _ source: RowSource, _ tensors: PromptTensors, _ file: LogitsHeader, _ steps: [Int]?
  ) throws(LogitsFileProblem) -> [Tagged] {
    let parts = try LogitsPart.parts(of: source, in: tensors, file: file, steps: steps)
    return zip(parts, steps.map { $0.map { Optional($0) } } ?? [file.step]).map { (.step($1), $0) }
  }

  /// Place of the least precise logits among the types, lower is better.
  var precisionRank: Int {
    (policy.isEmpty ? reference : policy).compactMap(\.part.source.type.precisionRank).max() ?? 0
  }
}
