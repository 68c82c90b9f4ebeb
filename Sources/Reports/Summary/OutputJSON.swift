internal import FoundationEssentials

/// How every command writes JSON.
enum OutputJSON {
  /// One line of JSON: keys in snake_case, sorted; numbers in the shortest form that reads back to the same float64;
  /// non-finite ones as the strings `"NaN"`, `"Infinity"`, `"-Infinity"`; characters that a terminal would obey or hide
  /// as `\uXXXX`, for people read JSON on terminals, too.
  static func text(of document: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return escaped(String(decoding: try encoder.encode(document), as: UTF8.self))
  }

  /// Beyond ASCII, JSON has characters in strings alone, and there an escape is the same character.
  private static func escaped(_ json: String) -> String {
    guard json.utf8.contains(where: { $0 >= 0x7F }) else { return json }
    var text = ""
    for scalar in json.unicodeScalars {
      if isInvisible(scalar) {
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
          let digits = String(unit, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// DEL and C1 controls, formats and bidirectional overrides, line separators, variation selectors, what has no shape.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return false }
    if scalar.properties.isDefaultIgnorableCodePoint { return true }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: true
    default: false
    }
  }
}
