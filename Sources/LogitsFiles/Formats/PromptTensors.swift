/// Tensors of a file that belong together: those without a prefix, or those of one prompt.
package struct PromptTensors: Sendable {
  /// NAME of `NAME.policy_logits`; nil for tensors without a prefix.
  package var name: String?
  package var policy: RowSource?
  package var reference: RowSource?
  /// What counts.
  package var mask: StoredTensor?
  /// Right classes.
  package var targets: StoredTensor?
  /// Tokens that the models read.
  package var tokens: StoredTensor?
}

extension LogitsHeader {
  /// The tensors of the file by prompt: those without a prefix first, then by name.
  ///
  /// - Parameter asReference: the file holds the reference: its logits are the reference's, whatever they are called.
  package func prompts(asReference: Bool) -> [PromptTensors] {
    let whole: RowSource
    switch content {
    case .tensors(let tensors): return Self.prompts(tensors, asReference: asReference)
    case .array(let tensor): whole = .tensor(tensor)
    case .llamaBase(let base): whole = .llamaBase(base)
    }
    return [PromptTensors(policy: asReference ? nil : whole, reference: asReference ? whole : nil)]
  }

  private static func prompts(_ tensors: [StoredTensor], asReference: Bool) -> [PromptTensors] {
    var roles: [String?: [Role: StoredTensor]] = [:]
    for tensor in tensors {
      let (prefix, word) = split(tensor.name)
      guard let role = Role(rawValue: word) else { continue }
      roles[prefix, default: [:]][role] = tensor
    }
    return roles.sorted { ($0.key ?? "", $0.value.count) < ($1.key ?? "", $1.value.count) }.map {
      name, tensors in
      PromptTensors(name: name, tensors, asReference: asReference)
    }.filter { $0.policy != nil || $0.reference != nil }
  }

  private static func split(_ name: String) -> (prefix: String?, word: String) {
    guard let dot = name.lastIndex(of: ".") else { return (nil, name) }
    return (String(name[..<dot]), String(name[name.index(after: dot)...]))
  }

  /// The array of `steps`, which names the first axis of the logits.
  package var stepsTensor: StoredTensor? {
    guard case .tensors(let tensors) = content else { return nil }
    return tensors.first { $0.name == "steps" }
  }
}

/// What a tensor's name says it is.
private enum Role: String {
  case logits
  case policyLogits = "policy_logits"
  case referenceLogits = "ref_logits"
  case otherReferenceLogits = "reference_logits"
  case mask
  case targets
  case tokens = "input_ids"

  static let policy: [Role] = [.logits, .policyLogits]
  static let reference: [Role] = [.referenceLogits, .otherReferenceLogits]
}

extension PromptTensors {
  fileprivate init(name: String?, _ tensors: [Role: StoredTensor], asReference: Bool) {
    let first = { (roles: [Role]) in roles.lazy.compactMap { tensors[$0] }.first.map { RowSource.tensor($0) }
    }
    self.init(
      name: name, policy: asReference ? nil : first(Role.policy),
      reference: first(asReference ? Role.reference + Role.policy : Role.reference),
      mask: tensors[.mask], targets: tensors[.targets], tokens: tensors[.tokens])
  }
}
