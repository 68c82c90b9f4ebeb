/// How one number of a tensor is stored.
package enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float64
  case float32
  case float16
  case bfloat16
  case int64
  case int32
  case int16
  case int8
  case uint64
  case uint32
  case uint16
  case uint8
  case bool

  package var byteCount: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// Place among the types that logits may have, the most precise first; nil for the others.
  package var precisionRank: Int? { Self.logitsTypes.firstIndex(of: self) }

  private static let logitsTypes: [ElementType] = [.float64, .float32, .float16, .bfloat16]

  /// The number at an index of little-endian numbers, not necessarily aligned; integers beyond 2⁵³ are rounded.
  ///
  /// - Precondition: the bytes hold that number.
  package func number(in bytes: RawSpan, at index: Int) -> Double {
    let place = index * byteCount
    return switch self {
    case .float64: Double(bitPattern: Self.load(bytes, place))
    case .float32: Double(Float(bitPattern: Self.load(bytes, place)))
    case .float16: Self.widened(half: Self.load(bytes, place))
    case .bfloat16: Double(Float(bitPattern: UInt32(Self.load(bytes, place) as UInt16) << 16))
    case .int64: Double(Self.load(bytes, place) as Int64)
    case .int32: Double(Self.load(bytes, place) as Int32)
    case .int16: Double(Self.load(bytes, place) as Int16)
    case .int8: Double(Self.load(bytes, place) as Int8)
    case .uint64: Double(Self.load(bytes, place) as UInt64)
    case .uint32: Double(Self.load(bytes, place) as UInt32)
    case .uint16: Double(Self.load(bytes, place) as UInt16)
    case .uint8, .bool: Double(Self.load(bytes, place) as UInt8)
    }
  }

  private static func load<Number: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: RawSpan, _ place: Int
  ) -> Number {
    Number(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: place, as: Number.self))
  }

  /// IEEE half precision, in plain arithmetic: not every platform has the type.
  private static func widened(half: UInt16) -> Double {
    let magnitude = Double(half & 0x3FF)
    let exponent = Int(half >> 10 & 0x1F)
    let sign: Double = half >> 15 == 0 ? 1 : -1
    switch exponent {
    case 0: return sign * magnitude * 0x1p-24
    case 31: return magnitude == 0 ? sign * .infinity : .nan
    default: return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + magnitude * 0x1p-10)
    }
  }
}
