/// Whose logits of the reference are known.
struct ReferenceKey: Hashable, Sendable {
  var set: String?
  var name: SampleName
  var vocabulary: Int
}

/// Logits of the reference that records gave, for later records that leave them out.
struct KnownReferences: Sendable {
  private struct Known {
    /// The step they were given at: they serve that one and later ones, never earlier ones.
    var step: Int
    /// T × V.
    var logits: [Double]
  }

  private var known: [ReferenceKey: Known] = [:]
  private var elements = 0

  /// Numbers kept in all, 8 bytes each. A run that gives its reference once gives it early, so the first samples stay;
  /// a run with ever new samples gives it with each of them, and nothing is lost.
  private static let mostElements = 8_000_000

  mutating func remember(_ logits: [Double], of key: ReferenceKey, step: Int) {
    let rest = elements - (known[key]?.logits.count ?? 0)
    // One too long to be kept makes what was known wrong all the same.
    let isKept = rest + logits.count <= Self.mostElements
    known[key] = isKept ? Known(step: step, logits: logits) : nil
    elements = rest + (isKept ? logits.count : 0)
  }

  func reference(of key: ReferenceKey, at step: Int) -> [Double]? {
    known[key].flatMap { $0.step <= step ? $0.logits : nil }
  }
}
