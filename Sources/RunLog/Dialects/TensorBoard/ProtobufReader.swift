/// Walks over the fields of one protobuf message; of what is malformed it gives the fields before it.
///
/// Wire format: https://protobuf.dev/programming-guides/encoding
struct ProtobufReader {
  enum Value {
    /// int32, int64, uint64, bool, enum.
    case varint(UInt64)
    /// double, fixed64.
    case fixed64(UInt64)
    /// float, fixed32.
    case fixed32(UInt32)
    /// string, bytes, message, packed numbers.
    case bytes(UnsafeRawBufferPointer)
  }

  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  /// The message broke off or has something that is no field.
  private(set) var isMalformed = false

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// The next field, `nil` at the end.
  mutating func next() -> (field: UInt64, value: Value)? {
    guard position < bytes.count else { return nil }
    guard let tag = varint(), let value = value(wireType: tag & 7) else {
      isMalformed = true
      position = bytes.count
      return nil
    }
    return (tag >> 3, value)
  }

  private mutating func value(wireType: UInt64) -> Value? {
    switch wireType {
    case 0: varint().map { .varint($0) }
    case 1: fixed(UInt64.self).map { .fixed64($0) }
    case 2: varint().flatMap { take($0) }.map { .bytes($0) }
    case 5: fixed(UInt32.self).map { .fixed32($0) }
    default: nil
    }
  }

  /// The next number of up to ten bytes of seven bits.
  mutating func varint() -> UInt64? {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { return nil }
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
    }
    return nil
  }

  /// The next little-endian number.
  mutating func fixed<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
    guard let taken = take(UInt64(MemoryLayout<Number>.size)) else { return nil }
    return Number(littleEndian: taken.loadUnaligned(as: Number.self))
  }

  private mutating func take(_ count: UInt64) -> UnsafeRawBufferPointer? {
    guard count <= UInt64(bytes.count - position) else { return nil }
    let taken = UnsafeRawBufferPointer(rebasing: bytes[position..<(position + Int(count))])
    position += Int(count)
    return taken
  }
}

extension ProtobufReader.Value {
  var integer: Int? {
    guard case .varint(let number) = self else { return nil }
    return Int(truncatingIfNeeded: number)
  }

  var double: Double? {
    guard case .fixed64(let bits) = self else { return nil }
    return Double(bitPattern: bits)
  }

  var float: Float? {
    guard case .fixed32(let bits) = self else { return nil }
    return Float(bitPattern: bits)
  }

  var bytes: UnsafeRawBufferPointer? {
    guard case .bytes(let bytes) = self else { return nil }
    return bytes
  }

  var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
}
