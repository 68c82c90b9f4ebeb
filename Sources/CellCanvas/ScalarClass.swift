/// How a scalar from outside is shown.
enum ScalarClass: Equatable {
  /// As itself, one or two columns wide.
  case visible(columns: Int)
  /// Combined with what is before it.
  case mark
  /// Combined with a Hangul letter or syllable before it, otherwise not shown as itself.
  case hangulPart
  /// As another scalar of one column.
  case replaced(Unicode.Scalar)
  /// Not at all: it only chooses between two looks of the scalar before it.
  case variation

  init(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x20..<0x7F, 0xA0..<0xAD, 0xAE..<0x300: self = .visible(columns: 1)
    case 0..<0x20, 0x7F: self = .replaced(ScalarClass.picture(ofControl: scalar))
    case 0x80..<0xA0, 0xAD: self = .replaced(ScalarClass.hidden)
    // Arrows, mathematics, box drawing, blocks, geometric shapes and braille: our own charts.
    case 0x2190..<0x231A, 0x2500..<0x25FD, 0x2800..<0x2900: self = .visible(columns: 1)
    // Kana, ideographs and Hangul syllables.
    case 0x3041..<0x3097, 0x30A1..<0x30FB, 0x4E00..<0xA000, 0xAC00..<0xD7A4: self = .visible(columns: 2)
    case 0xFE00..<0xFE10, 0xE0100..<0xE01F0, 0x180B..<0x180E, 0x180F: self = .variation
    case 0x2028, 0x2029: self = .replaced(ScalarClass.newline)
    // A pair of regional indicators would be a flag of uncertain width.
    case 0x1F1E6..<0x1F200: self = .replaced(Unicode.Scalar(UInt8(0x41 + scalar.value - 0x1F1E6)))
    case 0x1161..<0x1200, 0xD7B0..<0xD7FC: self = .hangulPart
    default: self = ScalarClass.fromProperties(scalar)
    }
  }

  /// Stands for what has no shape: zero-width, bidirectional and C1 controls.
  static let hidden: Unicode.Scalar = "·"
  /// Stands for what cannot be shown: unassigned and private scalars, marks beyond the second.
  static let unknown: Unicode.Scalar = "\u{FFFD}"
  /// Carries a combining mark that has nothing before it.
  static let markCarrier: Unicode.Scalar = "\u{25CC}"
  static let newline: Unicode.Scalar = "⏎"
  static let tab: Unicode.Scalar = "→"

  /// Whether a Hangul vowel or final consonant can follow within one glyph.
  static func takesHangulParts(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100..<0x1160, 0xA960..<0xA97D, 0xAC00..<0xD7A4: true
    default: false
    }
  }

  private static func picture(ofControl scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "\n": newline
    case "\t": tab
    case "\u{7F}": "\u{2421}"
    default: Unicode.Scalar(0x2400 + scalar.value) ?? hidden
    }
  }

  private static func fromProperties(_ scalar: Unicode.Scalar) -> ScalarClass {
    let properties = scalar.properties
    if properties.isDefaultIgnorableCodePoint { return .replaced(hidden) }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return .mark
    case .unassigned, .privateUse, .surrogate: return .replaced(unknown)
    case .control, .format, .lineSeparator, .paragraphSeparator: return .replaced(hidden)
    default: return .visible(columns: WideScalars.contains(scalar) ? 2 : 1)
    }
  }
}
