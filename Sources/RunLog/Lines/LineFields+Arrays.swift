import CSimdJSON

/// A reason why distributions of a record cannot be used: one phrase.
struct UnusableArray: Error {
  var reason: String
}

/// Numbers of an array in a line, row-major.
struct NumberArray {
  /// Lengths of its dimensions; none for a single number.
  var shape: [Int]
  var numbers: UnsafeBufferPointer<Double>
  var hasNulls: Bool
  var hasBooleans: Bool
}

extension LineFields {
  /// True where the record brings logits, log-probabilities of sampled tokens, top entries or the name of a file of
  /// logits or rows.
  var hasDistributions: Bool {
    KeyRole.arraysOfDistributions.contains { isArray($0) } || text(.logitsFile) != nil
      || text(.rowsFile) != nil || hasCompletion
  }

  /// True where the record tells how a model continues a sample.
  var hasCompletion: Bool {
    label(.sample) != nil && (text(.completion) != nil || text(.referenceCompletion) != nil)
  }

  func isArray(_ role: KeyRole) -> Bool {
    item(role).map { $0.pointee.kind >= csj_kind_number_array.byte } ?? false
  }

  /// The numbers of a key, `nil` where the line has no array of it.
  func array(_ role: KeyRole, _ name: String) throws(UnusableArray) -> NumberArray? {
    guard let item = item(role)?.pointee else { return nil }
    switch csj_kind(numericCast(item.kind)) {
    case csj_kind_number_array:
      return NumberArray(
        shape: item.shape,
        numbers: UnsafeBufferPointer(start: line.array_numbers.map { $0 + item.first }, count: item.count),
        hasNulls: item.has_nulls, hasBooleans: item.has_booleans)
    case csj_kind_ragged_array: throw UnusableArray(reason: "\(name) is ragged")
    case csj_kind_deep_array: throw UnusableArray(reason: "\(name) has more than three dimensions")
    case csj_kind_mixed_array, csj_kind_text_array:
      throw UnusableArray(reason: "\(name) holds other things than numbers")
    default: return nil
    }
  }

  /// A single number or switch.
  func scalar(_ role: KeyRole) -> Double? {
    number(role) ?? item(role, csj_kind_boolean)?.pointee.number
  }

  /// The texts of an array; numbers in their place are written out.
  func texts(_ role: KeyRole) -> [String]? {
    if let item = item(role, csj_kind_text_array)?.pointee {
      return (item.first..<item.first + item.count).map { String(line.array_texts[$0]) }
    }
    guard let item = item(role, csj_kind_number_array)?.pointee else { return nil }
    return (item.first..<item.first + item.count).map { line.array_numbers[$0].written }
  }

  /// A name: a text, or a number written out.
  func label(_ role: KeyRole) -> String? {
    text(role) ?? number(role)?.written
  }
}

extension KeyRole {
  /// Keys whose arrays are distributions.
  static let arraysOfDistributions: [KeyRole] = [
    .logits, .policyLogits, .referenceLogits, .otherReferenceLogits, .logProbabilities, .topIDs,
  ]
}

extension csj_item {
  /// Lengths of the dimensions of an array.
  var shape: [Int] {
    Array([extents.0, extents.1, extents.2].prefix(Int(rank)))
  }
}

extension Double {
  /// As a name: integers without a fraction.
  var written: String {
    Int(exactly: self).map { String($0) } ?? String(self)
  }
}
