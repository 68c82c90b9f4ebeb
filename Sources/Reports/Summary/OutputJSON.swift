internal import FoundationEssentials

/// How every command writes JSON.
enum OutputJSON {
  /// One line of JSON: keys in snake_case, sorted; numbers in the shortest form that reads back to the same float64;
  /// non-finite ones as the strings `"NaN"`, `"Infinity"`, `"-Infinity"`.
  static func text(of document: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }
}
