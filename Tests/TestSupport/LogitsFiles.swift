/// Numbers as files of logits store them, little-endian.
package enum StoredNumbers: String, Sendable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int64 = "I64"
  case int32 = "I32"
  case uint8 = "U8"
  case bool = "BOOL"

  package func bytes(_ values: [Double]) -> [UInt8] {
    values.flatMap { value -> [UInt8] in
      switch self {
      case .float64: little(value.bitPattern)
      case .float32: little(Float(value).bitPattern)
      case .float16: little(Self.half(value))
      case .bfloat16: little(Self.bfloat16(value))
      case .int64: little(Int64(value))
      case .int32: little(Int32(value))
      case .uint8, .bool: [UInt8(value)]
      }
    }
  }

  /// Bytes of one number.
  package var size: Int { bytes([0]).count }

  /// How `.npy` names the type, without the byte order.
  package var numpyName: String {
    switch self {
    case .float64: "f8"
    case .float32: "f4"
    case .float16: "f2"
    case .bfloat16: "V2"
    case .int64: "i8"
    case .int32: "i4"
    case .uint8: "u1"
    case .bool: "b1"
    }
  }

  private func little(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// Rounded to the nearest, ties to even, for numbers that are zero or normal in half precision.
  private static func half(_ value: Double) -> UInt16 {
    if value.isInfinite { return value > 0 ? 0x7C00 : 0xFC00 }
    if value.isNaN { return 0x7E00 }
    let sign: UInt16 = value < 0 ? 0x8000 : 0
    if abs(value) < 0x1p-14 { return sign | UInt16((abs(value) * 0x1p24).rounded(.toNearestOrEven)) }
    let exponent = abs(value).exponent
    let steps = (abs(value).significand * 1024).rounded(.toNearestOrEven) - 1024
    return sign | UInt16((Int(exponent) + 15) << 10 + Int(steps))
  }

  private static func bfloat16(_ value: Double) -> UInt16 {
    let bits = Float(value).bitPattern
    if value.isNaN || value.isInfinite { return UInt16(bits >> 16) }
    return UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }
}

/// A tensor to be written.
package struct WrittenTensor: Sendable {
  package var name: String
  package var type: StoredNumbers
  package var shape: [Int]
  package var values: [Double]

  package init(_ name: String, _ type: StoredNumbers, _ shape: [Int], _ values: [Double]) {
    self.name = name
    self.type = type
    self.shape = shape
    self.values = values
  }
}

/// The bytes of files of logits.
package enum LogitsFileBytes {
  package static func safetensors(_ tensors: [WrittenTensor], metadata: [String: String] = [:]) -> [UInt8] {
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { #""\#($0.key)":"\#($0.value)""# }
      entries.append(#""__metadata__":{\#(pairs.joined(separator: ","))}"#)
    }
    var data: [UInt8] = []
    for tensor in tensors {
      let start = data.count
      data += tensor.type.bytes(tensor.values)
      let shape = tensor.shape.map { String($0) }.joined(separator: ",")
      entries.append(
        #""\#(tensor.name)":{"dtype":"\#(tensor.type.rawValue)","shape":[\#(shape)],"data_offsets":[\#(start),\#(data.count)]}"#
      )
    }
    return safetensors(header: "{\(entries.joined(separator: ","))}", data: data)
  }

  /// A safetensors file with any header.
  package static func safetensors(header: String, data: [UInt8]) -> [UInt8] {
    let text = Array(header.utf8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text + data
  }

  /// - Parameter order: `<`, `>` or `|`.
  package static func numpy(
    _ type: StoredNumbers, _ shape: [Int], _ values: [Double], order: String = "<", isFortran: Bool = false
  ) -> [UInt8] {
    let arranged = isFortran ? fortranOrder(shape).map { values[$0] } : values
    var bytes = type.bytes(arranged)
    if order == ">" {
      bytes = stride(from: 0, to: bytes.count, by: type.size).flatMap {
        bytes[$0..<$0 + type.size].reversed()
      }
    }
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    let header =
      "{'descr': '\(order)\(type.numpyName)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': (\(sizes)), }"
    return numpy(header: header, data: bytes)
  }

  /// An `.npy` file with any header.
  package static func numpy(header: String, data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let text = Array((header + "\n").utf8)
    let length =
      version == 1
      ? withUnsafeBytes(of: UInt16(text.count).littleEndian) { Array($0) }
      : withUnsafeBytes(of: UInt32(text.count).littleEndian) { Array($0) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + data
  }

  /// Places in C order of the elements in Fortran order.
  private static func fortranOrder(_ shape: [Int]) -> [Int] {
    let count = shape.reduce(1, *)
    return (0..<count).map { place in
      var rest = place
      var index = 0
      var stride = count
      for size in shape {
        stride /= size
        index += rest % size * stride
        rest /= size
      }
      return index
    }
  }

  /// What llama.cpp writes for these logits, `[chunks][context][vocabulary]`, of its second halves.
  package static func llamaBase(context: Int, vocabulary: Int, tokens: [Int], logits: [Double]) -> [UInt8] {
    let chunks = tokens.count / context
    var bytes =
      Array("_logits_".utf8) + StoredNumbers.int32.bytes([context, vocabulary, chunks].map(Double.init))
    bytes += StoredNumbers.int32.bytes(tokens.map(Double.init))
    for chunk in 0..<chunks {
      for position in context / 2..<context - 1 {
        let start = (chunk * context + position) * vocabulary
        bytes += llamaRow(Array(logits[start..<start + vocabulary]))
      }
    }
    return bytes
  }

  private static func llamaRow(_ logits: [Double]) -> [UInt8] {
    let maximum = logits.max() ?? 0
    let minimum = max(logits.min() ?? 0, maximum - 16)
    let logMass = LogitsMath.log(logits.reduce(0) { $0 + LogitsMath.exp($1 - maximum) })
    let scale = (maximum - minimum) / 65535
    var bytes = StoredNumbers.float32.bytes([scale, minimum - maximum - logMass])
    for logit in logits {
      let number = logit > minimum && scale > 0 ? ((logit - minimum) / scale).rounded() : 0
      bytes += withUnsafeBytes(of: UInt16(number).littleEndian) { Array($0) }
    }
    return logits.count % 2 == 0 ? bytes : bytes + [0, 0]
  }
}
