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
  /// True where the record brings logits, log-probabilities of sampled tokens, top entries or the name of a logits file.
  func hasDistributions(in line: csj_line) -> Bool {
    KeyRole.arraysOfDistributions.contains { isArray($0, in: line) } || text(.logitsFile, in: line) != nil
  }

  func isArray(_ role: KeyRole, in line: csj_line) -> Bool {
    guard let item = item(role, in: line) else { return false }
    return item.kind >= csj_kind_number_array.byte
  }

  /// The numbers of a key, `nil` where the line has no array of it.
  func array(_ role: KeyRole, _ name: String, in line: csj_line) throws(UnusableArray) -> NumberArray? {
    guard let item = item(role, in: line) else { return nil }
    switch csj_kind(numericCast(item.kind)) {
    case csj_kind_number_array:
      return NumberArray(
        shape: item.shape,
        numbers: UnsafeBufferPointer(start: line.array_numbers + item.first, count: item.count),
        hasNulls: item.has_nulls, hasBooleans: item.has_booleans)
    case csj_kind_ragged_array: throw UnusableArray(reason: "\(name) is ragged")
    case csj_kind_deep_array: throw UnusableArray(reason: "\(name) has more than three dimensions")
    case csj_kind_mixed_array, csj_kind_text_array:
      throw UnusableArray(reason: "\(name) holds other things than numbers")
    default: return nil
    }
  }

  /// A single number or switch.
  func scalar(_ role: KeyRole, in line: csj_line) -> Double? {
    guard let item = item(role, in: line) else { return nil }
    return item.kind == csj_kind_number.byte || item.kind == csj_kind_boolean.byte ? item.number : nil
  }

  /// The texts of a key; numbers in their place are written out.
  func texts(_ role: KeyRole, in line: csj_line) -> [String]? {
    guard let item = item(role, in: line) else { return nil }
    if item.kind == csj_kind_text_array.byte {
      return (item.first..<item.first + item.count).map { String(line.array_texts[$0]) }
    }
    guard item.kind == csj_kind_number_array.byte else { return nil }
    return (item.first..<item.first + item.count).map { line.array_numbers[$0].written }
  }

  /// A name: a text, or a number written out.
  func label(_ role: KeyRole, in line: csj_line) -> String? {
    guard let item = item(role, in: line) else { return nil }
    if item.kind == csj_kind_text.byte { return String(item.text) }
    return item.kind == csj_kind_number.byte ? item.number.written : nil
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
