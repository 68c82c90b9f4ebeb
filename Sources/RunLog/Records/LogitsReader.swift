import CSimdJSON

/// Reads the logits of a record with all that is about them.
struct LogitsReader {
  let fields: LineFields
  /// Parts that were left out, and why; the logits themselves are good.
  private(set) var complaints: [String] = []

  init(_ fields: LineFields) {
    self.fields = fields
  }

  /// The record's logits; `nil` where it has none.
  mutating func read() throws(UnusableArray) -> InlineLogits? {
    let policy = try logits([(.logits, "logits"), (.policyLogits, "policy_logits")])
    let reference = try logits([
      (.referenceLogits, "ref_logits"), (.otherReferenceLogits, "reference_logits"),
    ])
    guard let shape = policy?.shape ?? reference?.shape else { return nil }
    if let policy, let reference, policy.shape != reference.shape {
      throw UnusableArray(
        reason: "logits are \(policy.shape.written), ref_logits \(reference.shape.written)")
    }
    var logits = try inShape(shape, policy?.copied ?? [])
    logits.reference = reference?.copied
    logits.names = try names(logits)
    logits.mask = try mask(logits)
    logits.targets = try targets(logits)
    logits.tokens = optionalTexts(.tokens, "tokens", [logits.positions, logits.rows])
    logits.labels = optionalTexts(.labels, "labels", [logits.vocabulary])
    if logits.labels.isEmpty { logits.labels = optionalTexts(.classes, "classes", [logits.vocabulary]) }
    return logits
  }

  /// The array of the first of several names that the line has.
  private func logits(_ names: [(role: KeyRole, name: String)]) throws(UnusableArray) -> NumberArray? {
    for (role, name) in names {
      guard let array = try fields.array(role, name) else { continue }
      if array.hasNulls || array.hasBooleans {
        throw UnusableArray(reason: "\(name) holds other things than numbers")
      }
      if array.numbers.isEmpty { throw UnusableArray(reason: "\(name) is empty") }
      return array
    }
    return nil
  }

  /// `[V]` is a row, `[B][V]` a batch or with `sample` a sequence, `[B][T][V]` a batch of sequences.
  private func inShape(_ shape: [Int], _ policy: [Double]) throws(UnusableArray) -> InlineLogits {
    let vocabulary = shape.last ?? 0
    switch shape.count {
    case 1:
      return InlineLogits(samples: 1, positions: 1, vocabulary: vocabulary, isSequence: false, policy: policy)
    case 2 where isOneSample:
      return InlineLogits(
        samples: 1, positions: shape[0], vocabulary: vocabulary, isSequence: true, policy: policy)
    case 2:
      return InlineLogits(
        samples: shape[0], positions: 1, vocabulary: vocabulary, isSequence: false, policy: policy)
    default:
      return InlineLogits(
        samples: shape[0], positions: shape[1], vocabulary: vocabulary, isSequence: true, policy: policy)
    }
  }

  private var isOneSample: Bool {
    fields.label(.sample) != nil && !fields.isArray(.samples)
  }

  private func names(_ logits: InlineLogits) throws(UnusableArray) -> [String] {
    if let names = fields.texts(.samples) {
      if names.count == logits.samples { return names }
      throw UnusableArray(reason: "\(names.count) samples for \(logits.samples) rows of logits")
    }
    guard let name = fields.label(.sample) else { return [] }
    return logits.samples == 1 ? [name] : (0..<logits.samples).map { "\(name)[\($0)]" }
  }

  private func mask(_ logits: InlineLogits) throws(UnusableArray) -> [Bool] {
    guard let values = try perRow(.mask, "mask", logits, spreads: false) else { return [] }
    return values.map { $0 != 0 }
  }

  private func targets(_ logits: InlineLogits) throws(UnusableArray) -> [Int] {
    guard let values = try perRow(.target, "target", logits, spreads: true) else { return [] }
    var targets: [Int] = []
    targets.reserveCapacity(values.count)
    for value in values {
      // Null, and the negative numbers by which loss functions leave out a row.
      if value.isNaN || value < 0 {
        targets.append(-1)
      } else if let target = Int(exactly: value), target < logits.vocabulary {
        targets.append(target)
      } else {
        throw UnusableArray(reason: "target \(value.written) is none of \(logits.vocabulary) classes")
      }
    }
    return targets
  }

  /// One value a row: in the shape of the logits without V, or, where it spreads, one value a sample.
  private func perRow(
    _ role: KeyRole, _ name: String, _ logits: InlineLogits, spreads: Bool
  ) throws(UnusableArray) -> [Double]? {
    var shape: [Int] = []
    var values: [Double] = []
    if let array = try fields.array(role, name) {
      shape = array.shape
      values = Array(array.numbers)
    } else if let value = fields.scalar(role) {
      values = [value]
    } else {
      return nil
    }
    if logits.rowShapes.contains(shape) { return values }
    if spreads && logits.isSequence && values.count == logits.samples && shape.count <= 1 {
      return values.flatMap { Array(repeating: $0, count: logits.positions) }
    }
    throw UnusableArray(
      reason: "\(name) is \(shape.written), logits have \(logits.rowShapes[0].written) rows")
  }

  private mutating func optionalTexts(_ role: KeyRole, _ name: String, _ counts: [Int]) -> [String] {
    guard let texts = fields.texts(role) else { return [] }
    if counts.contains(texts.count) { return texts }
    complaints.append("\(texts.count) \(name) for \(counts[0])")
    return []
  }
}

extension NumberArray {
  fileprivate var copied: [Double] { Array(numbers) }
}

extension InlineLogits {
  /// Shapes in which one value a row may be written, the usual one first.
  fileprivate var rowShapes: [[Int]] {
    if isSequence { return samples == 1 ? [[positions], [1, positions]] : [[samples, positions]] }
    return samples == 1 ? [[], [1]] : [[samples]]
  }
}

extension [Int] {
  /// A shape as numpy writes it in brackets.
  var written: String { "[" + map { String($0) }.joined(separator: ",") + "]" }
}
