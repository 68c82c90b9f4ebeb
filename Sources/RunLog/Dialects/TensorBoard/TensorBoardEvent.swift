/// The parts of a TensorBoard event that kltop reads.
///
/// Field numbers: `event.proto`, `summary.proto`, `tensor.proto` and `types.proto` of TensorFlow.
struct TensorBoardEvent {
  /// A message with the values of a summary, where there is one.
  private(set) var summary: UnsafeRawBufferPointer?
  /// Seconds since 1970.
  private(set) var wallTime = Double.nan
  private(set) var step = 0
  private(set) var startsSession = false
  private(set) var isMalformed = false

  init(_ bytes: UnsafeRawBufferPointer) {
    var reader = ProtobufReader(bytes)
    while let (field, value) = reader.next() {
      switch field {
      case 1: wallTime = value.double ?? wallTime
      case 2: step = value.integer ?? step
      case 5: summary = value.bytes
      case 7: startsSession = value.bytes.map(Self.isStart) ?? false
      default: break
      }
    }
    isMalformed = reader.isMalformed
  }

  /// `SessionLog` with status START.
  private static func isStart(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var reader = ProtobufReader(bytes)
    while let (field, value) = reader.next() {
      if field == 1 { return value.integer == 1 }
    }
    return false
  }

  /// One value of a summary, `nil` where it is no single number.
  static func scalar(_ bytes: UnsafeRawBufferPointer) -> (tag: UnsafeRawBufferPointer, value: Double)? {
    var reader = ProtobufReader(bytes)
    var tag: UnsafeRawBufferPointer?
    var number: Double?
    while let (field, value) = reader.next() {
      switch field {
      case 1: tag = value.bytes
      case 2: number = value.float.map(Double.init)
      case 8: number = value.bytes.flatMap { TensorBoardTensor($0).scalar }
      default: break
      }
    }
    guard !reader.isMalformed, let tag, let number else { return nil }
    return (tag, number)
  }
}

/// A `TensorProto`.
struct TensorBoardTensor {
  /// The only element of a tensor of rank 0 with a numeric type.
  private(set) var scalar: Double?

  init(_ bytes: UnsafeRawBufferPointer) {
    var reader = ProtobufReader(bytes)
    var type = 0
    var hasDimensions = false
    var content: UnsafeRawBufferPointer?
    var listed: Double?
    while let (field, value) = reader.next() {
      switch field {
      case 1: type = value.integer ?? 0
      case 2: hasDimensions = value.bytes.map(Self.hasDimensions) ?? true
      case 4: content = value.bytes
      case 5, 6, 7, 10, 13, 16, 17: listed = Self.listed(field, value, type)
      default: break
      }
    }
    guard !reader.isMalformed, !hasDimensions else { return }
    scalar = content.flatMap { Self.number($0, type) } ?? listed
    if scalar == nil, Self.isNumeric(type), content.map(\.isEmpty) ?? true { scalar = 0 }
  }

  /// True for a `TensorShapeProto` with a dimension, or of unknown rank.
  private static func hasDimensions(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var reader = ProtobufReader(bytes)
    while let (field, value) = reader.next() {
      if field == 2 || (field == 3 && value.integer != 0) { return true }
    }
    return false
  }

  private static func isNumeric(_ type: Int) -> Bool { (1...6).contains(type) || others.contains(type) }

  /// DT_INT64, DT_BFLOAT16, DT_UINT16, DT_HALF, DT_UINT32, DT_UINT64.
  private static let others: Set<Int> = [9, 14, 17, 19, 22, 23]

  /// An element in the field of its type: packed, or by itself.
  private static func listed(_ field: UInt64, _ value: ProtobufReader.Value, _ type: Int) -> Double? {
    guard let packed = value.bytes else { return single(field, value, type) }
    var reader = ProtobufReader(packed)
    switch field {
    case 5: return reader.fixed(UInt32.self).flatMap { single(5, .fixed32($0), type) }
    case 6: return reader.fixed(UInt64.self).flatMap { single(6, .fixed64($0), type) }
    default: return reader.varint().flatMap { single(field, .varint($0), type) }
    }
  }

  private static func single(_ field: UInt64, _ value: ProtobufReader.Value, _ type: Int) -> Double? {
    switch (field, value) {
    case (5, .fixed32(let bits)): return Double(Float(bitPattern: bits))
    case (6, .fixed64(let bits)): return Double(bitPattern: bits)
    case (13, .varint(let bits)):
      let half = UInt16(truncatingIfNeeded: bits)
      return type == 14 ? Double(Float(bitPattern: UInt32(half) << 16)) : HalfPrecision.double(half)
    case (16, .varint(let bits)): return Double(UInt32(truncatingIfNeeded: bits))
    case (17, .varint(let bits)): return Double(bits)
    case (7, .varint(let bits)): return Double(Int32(truncatingIfNeeded: bits))
    case (10, .varint(let bits)): return Double(Int64(bitPattern: bits))
    default: return nil
    }
  }

  /// `tensor_content`: the elements as they lie in memory, little-endian.
  private static func number(_ bytes: UnsafeRawBufferPointer, _ type: Int) -> Double? {
    func element<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
      guard bytes.count == MemoryLayout<Number>.size else { return nil }
      return Number(littleEndian: bytes.loadUnaligned(as: Number.self))
    }
    switch type {
    case 1: return element(UInt32.self).map { Double(Float(bitPattern: $0)) }
    case 2: return element(UInt64.self).map { Double(bitPattern: $0) }
    case 3: return element(Int32.self).map(Double.init)
    case 4: return element(UInt8.self).map(Double.init)
    case 5: return element(Int16.self).map(Double.init)
    case 6: return element(Int8.self).map(Double.init)
    case 9: return element(Int64.self).map(Double.init)
    case 14: return element(UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
    case 17: return element(UInt16.self).map(Double.init)
    case 19: return element(UInt16.self).map(HalfPrecision.double)
    case 22: return element(UInt32.self).map(Double.init)
    case 23: return element(UInt64.self).map(Double.init)
    default: return nil
    }
  }
}

/// Numbers of 16 bits (IEEE 754 binary16).
enum HalfPrecision {
  static func double(_ bits: UInt16) -> Double {
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF)
    let sign: Double = bits >> 15 == 1 ? -1 : 1
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 0x1F: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
