/// How one logit is stored, little-endian.
public enum LogitsScalar: Sendable, Hashable, CaseIterable {
  case float16
  case bfloat16
  case float32
  case float64

  /// Bytes of one logit.
  public var byteCount: Int {
    switch self {
    case .float16, .bfloat16: 2
    case .float32: 4
    case .float64: 8
    }
  }
}
