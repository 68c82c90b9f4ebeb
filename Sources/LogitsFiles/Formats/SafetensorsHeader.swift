internal import FileAccess

/// What the start of a `.safetensors` file says: eight bytes of length, then JSON.
struct SafetensorsHeader {
  private(set) var tensors: [StoredTensor] = []
  private(set) var metadata: [String: String] = [:]
  /// Tensors of types that logits, masks and indices never have, by name.
  private(set) var otherTypes: [String: String] = [:]

  /// A header longer than this describes no logits.
  static let longest = 16 << 20

  /// Reads the header of a mapped file.
  init(of file: borrowing MappedFile) throws(HeaderProblem) {
    let size = file.status.size
    let end = try file.withBytes(0..<min(size, 8)) { (start) throws(HeaderProblem) in
      try Self.length(start, fileSize: size)
    }
    try self.init(file.copy(8..<end), dataStart: end, fileSize: size)
  }

  /// Bytes of the header, its own length included.
  ///
  /// - Parameter start: at least the first eight bytes of the file, where it has them.
  static func length(_ start: RawSpan, fileSize: Int) throws(HeaderProblem) -> Int {
    guard fileSize >= 8 else { throw .incomplete(size: fileSize, needed: 8) }
    let length = UInt64(littleEndian: start.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self))
    guard length <= UInt64(longest) else {
      throw HeaderProblem("its header would be \(length) bytes long: it is no safetensors file of logits")
    }
    let end = 8 + Int(length)
    guard end <= fileSize else { throw .incomplete(size: fileSize, needed: end) }
    return end
  }

  /// - Parameters:
  ///   - text: the JSON.
  ///   - dataStart: offset of the tensors in the file.
  init(_ text: [UInt8], dataStart: Int, fileSize: Int) throws(HeaderProblem) {
    var scanner = ByteScanner(text)
    var names: Set<String> = []
    var spans: [(name: String, bytes: Range<Int>)] = []
    try scanner.object { (scanner, name) throws(HeaderProblem) in
      if !names.insert(name).inserted { throw HeaderProblem("the header names \(name) twice") }
      if name == "__metadata__" { return try self.readMetadata(&scanner) }
      spans.append((name, try self.readTensor(&scanner, name, dataStart)))
    }
    if scanner.peek() != nil { throw scanner.unexpected() }
    try Self.checkSpans(spans, dataStart: dataStart, fileSize: fileSize)
  }

  private mutating func readMetadata(_ scanner: inout ByteScanner) throws(HeaderProblem) {
    var entries: [String: String] = [:]
    try scanner.object { (scanner, key) throws(HeaderProblem) in entries[key] = try scanner.text() }
    metadata = entries
  }

  private mutating func readTensor(
    _ scanner: inout ByteScanner, _ name: String, _ dataStart: Int
  ) throws(HeaderProblem) -> Range<Int> {
    var type: String?
    var shape: [Int]?
    var offsets: [Int] = []
    try scanner.object { (scanner, key) throws(HeaderProblem) in
      switch key {
      case "dtype": type = try scanner.text()
      case "shape": shape = try scanner.sizes()
      case "data_offsets": offsets = try scanner.sizes()
      default: try scanner.skipValue()
      }
    }
    guard let type, let shape, offsets.count == 2, offsets[0] <= offsets[1],
      case let (end, overflow) = dataStart.addingReportingOverflow(offsets[1]), !overflow
    else { throw HeaderProblem("\(name) lacks a dtype, a shape or two data_offsets in order") }
    let bytes = dataStart + offsets[0]..<end
    if let element = Self.types[type] {
      tensors.append(
        try StoredTensor(
          name: name, type: element, shape: shape, offset: bytes.lowerBound, byteCount: bytes.count))
    } else {
      otherTypes[name] = type
    }
    return bytes
  }

  /// The tensors fill the file behind the header, none shares bytes with another.
  private static func checkSpans(
    _ spans: [(name: String, bytes: Range<Int>)], dataStart: Int, fileSize: Int
  ) throws(HeaderProblem) {
    var end = dataStart
    for (name, bytes) in spans.sorted(by: {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }) {
      if bytes.lowerBound < end { throw HeaderProblem("\(name) overlaps another tensor") }
      if bytes.lowerBound > end {
        throw HeaderProblem("\(bytes.lowerBound - end) bytes in front of \(name) belong to no tensor")
      }
      end = bytes.upperBound
    }
    if end > fileSize { throw .incomplete(size: fileSize, needed: end) }
    if end < fileSize { throw HeaderProblem("\(fileSize - end) bytes at its end belong to no tensor") }
  }

  private static let types: [String: ElementType] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64, "I32": .int32,
    "I16": .int16, "I8": .int8, "U64": .uint64, "U32": .uint32, "U16": .uint16, "U8": .uint8, "BOOL": .bool,
  ]
}
