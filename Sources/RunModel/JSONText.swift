internal import FoundationEssentials

/// JSON as every command writes it.
package enum JSONText {
  /// One line of JSON: keys in snake_case, sorted; numbers in the shortest form that reads back to the same float64;
  /// non-finite ones as the strings `"NaN"`, `"Infinity"`, `"-Infinity"`.
  package static func text(of value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
