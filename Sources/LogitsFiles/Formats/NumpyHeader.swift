/// What the start of an `.npy` file says: a magic string, a version, a length, then a Python dictionary.
///
/// After NumPy's "NEP 1 — A simple file format for NumPy arrays".
struct NumpyHeader {
  let tensor: StoredTensor

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Where the dictionary lies in the file.
  ///
  /// - Parameter start: at least the first twelve bytes of the file, where it has them.
  static func dictionary(_ start: RawSpan, fileSize: Int) throws(HeaderProblem) -> Range<Int> {
    guard fileSize >= 12 else { throw .incomplete(size: fileSize, needed: 12) }
    let version = start.unsafeLoadUnaligned(fromByteOffset: 6, as: UInt8.self)
    let first: Int
    let length: Int
    switch version {
    case 1:
      first = 10
      length = Int(UInt16(littleEndian: start.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt16.self)))
    case 2, 3:
      first = 12
      length = Int(UInt32(littleEndian: start.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    default: throw HeaderProblem("version \(version) of the .npy format is not known")
    }
    guard length <= SafetensorsHeader.longest else {
      throw HeaderProblem("its header would be \(length) bytes long: it is no .npy file of logits")
    }
    guard first + length <= fileSize else { throw .incomplete(size: fileSize, needed: first + length) }
    return first..<first + length
  }

  /// - Parameters:
  ///   - text: the dictionary.
  ///   - dataStart: offset of the array in the file.
  init(_ text: [UInt8], dataStart: Int, fileSize: Int) throws(HeaderProblem) {
    var fields = Fields()
    var scanner = ByteScanner(text)
    try fields.read(&scanner)
    guard let type = fields.type, let isFortranOrdered = fields.isFortranOrdered, let shape = fields.shape
    else {
      throw HeaderProblem("the header lacks descr, fortran_order or shape")
    }
    var tensor = try StoredTensor(
      name: "", type: type.element, shape: shape, offset: dataStart, byteCount: nil)
    tensor.isFortranOrdered = isFortranOrdered
    tensor.isBigEndian = type.isBigEndian
    let end = tensor.bytes.upperBound
    if end > fileSize { throw .incomplete(size: fileSize, needed: end) }
    if end < fileSize {
      throw HeaderProblem("has \(fileSize - end) bytes more than its shape \(shape.written) needs")
    }
    self.tensor = tensor
  }

  /// The entries of the dictionary.
  private struct Fields {
    var type: (element: ElementType, isBigEndian: Bool)?
    var isFortranOrdered: Bool?
    var shape: [Int]?

    mutating func read(_ scanner: inout ByteScanner) throws(HeaderProblem) {
      try scanner.expect("{")
      while !scanner.take("}") {
        let key = try scanner.pythonText()
        try scanner.expect(":")
        try readValue(of: key, &scanner)
        if !scanner.take(",") {
          try scanner.expect("}")
          break
        }
      }
      if scanner.peek() != nil { throw scanner.unexpected() }
    }

    private mutating func readValue(of key: String, _ scanner: inout ByteScanner) throws(HeaderProblem) {
      switch key {
      case "descr":
        if scanner.peek() == UInt8(ascii: "[") {
          throw HeaderProblem("holds records, not an array of numbers")
        }
        type = try Self.type(try scanner.pythonText())
      case "fortran_order": isFortranOrdered = try scanner.pythonBoolean()
      case "shape": shape = try scanner.pythonTuple()
      default: throw HeaderProblem("the header has an unknown entry \(key)")
      }
    }

    private static func type(_ text: String) throws(HeaderProblem) -> (
      element: ElementType, isBigEndian: Bool
    ) {
      guard let order = text.first, "<>|=".contains(order),
        let element = NumpyHeader.types[String(text.dropFirst())]
      else { throw HeaderProblem("dtype \(text) is not read: save float32, float16 or bfloat16 (as |V2)") }
      return (element, order == ">" && element.byteCount > 1)
    }
  }

  private static let types: [String: ElementType] = [
    "f8": .float64, "f4": .float32, "f2": .float16, "V2": .bfloat16, "i8": .int64, "i4": .int32, "i2": .int16,
    "i1": .int8, "u8": .uint64, "u4": .uint32, "u2": .uint16, "u1": .uint8, "b1": .bool,
  ]
}

/// As much of Python as NumPy's header needs.
extension ByteScanner {
  fileprivate mutating func pythonText() throws(HeaderProblem) -> String {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw unexpected()
    }
    _ = next()
    var bytes: [UInt8] = []
    while let byte = next() {
      if byte == quote { return String(decoding: bytes, as: UTF8.self) }
      if byte == UInt8(ascii: "\\") { throw unexpected() }
      bytes.append(byte)
    }
    throw unexpected()
  }

  fileprivate mutating func pythonBoolean() throws(HeaderProblem) -> Bool {
    if take(word: "True") { return true }
    if take(word: "False") { return false }
    throw unexpected()
  }

  fileprivate mutating func pythonTuple() throws(HeaderProblem) -> [Int] {
    var sizes: [Int] = []
    try expect("(")
    while !take(")") {
      sizes.append(try size())
      if !take(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }
}
