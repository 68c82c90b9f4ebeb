/// Texts and numbers as XML has them.
enum SVGText {
  /// Text made printable, with what XML gives a meaning to written as entities.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in Printable.text(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// `#rrggbb`.
  static func color(_ color: RGB) -> String {
    let digits = String(color.hexadecimal, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
