/// What the history of a W&B run says.
///
/// Field numbers: `wandb_internal.proto`.
struct WandbHistory {
  private var keys: KeyCache
  private var metrics = WandbMetrics()

  /// One item: its key with all parents and its value as JSON, where they lie in the record or in the room for joined
  /// keys.
  fileprivate struct Item {
    var key: UnsafeRawBufferPointer
    var value: UnsafeRawBufferPointer
    /// Bytes of the key before the `/` of its last part.
    var parentLength: Int
  }

  /// Those of the record that is being decoded.
  private var items: ContiguousArray<Item> = []

  /// Keys that W&B adds itself; the step and the time are among them.
  private static let stepKeys: [StaticString] = ["train/global_step", "_step"]
  private static let timeKey: StaticString = "_timestamp"

  init(keys: KeyInterner) {
    self.keys = KeyCache(keys)
  }

  /// Adds the record of a protobuf `Record` if it is one of the history, or a notice if it is damaged.
  mutating func decode(_ record: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    var reader = ProtobufReader(record)
    while let (field, value) = reader.next() {
      guard let bytes = value.bytes else { continue }
      if field == 2 { append(bytes, number, &batch) }
      if field == 12 { metrics.add(bytes) }
      WandbDescription.note(field, bytes, number: number, in: &batch)
    }
    guard reader.isMalformed else { return }
    batch.notices.append(
      LogNotice(
        position: batch.records.count, line: number,
        kind: .rejected(reason: "record \(number) is not one of W&B")))
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer, _ line: Int, _ batch: inout RecordBatch) {
    // Joined keys are no longer than the message that has their parts.
    withUnsafeTemporaryAllocation(byteCount: bytes.count, alignment: 1) { room in
      var room = room
      append(bytes, joiningKeysIn: &room, line, &batch)
    }
    items.removeAll(keepingCapacity: true)
  }

  private mutating func append(
    _ bytes: UnsafeRawBufferPointer, joiningKeysIn room: inout UnsafeMutableRawBufferPointer, _ line: Int,
    _ batch: inout RecordBatch
  ) {
    var step: Int?
    var hasMedia = false
    var reader = ProtobufReader(bytes)
    while let (field, value) = reader.next() {
      switch field {
      case 1:
        guard let item = value.bytes.flatMap({ Self.item($0, joiningKeyIn: &room) }) else { continue }
        items.append(item)
        if item.isMediaType { hasMedia = true }
      case 2: step = value.bytes.map(Self.stepNumber)
      default: break
      }
    }
    let own = Self.stepKeys.compactMap { integer(of: $0) }.first ?? step
    let time = number(of: Self.timeKey) ?? .nan
    guard hasMedia || !metrics.isEmpty else {
      return appendRow(of: items, isWhole: true, step: own, time: time, line, &batch)
    }
    let media = Set(items.filter(\.isMediaType).map { Array($0.key[..<$0.parentLength]) })
    let numbers = items.filter {
      !$0.isInternal && (media.isEmpty || !media.contains(Array($0.key[..<$0.parentLength])))
    }
    for group in groups(of: ContiguousArray(numbers), at: own) {
      appendRow(of: group.items, isWhole: false, step: group.step, time: time, line, &batch)
    }
  }

  /// - Parameter isWhole: W&B's own items are among them.
  private mutating func appendRow(
    of items: ContiguousArray<Item>, isWhole: Bool, step: Int?, time: Double, _ line: Int,
    _ batch: inout RecordBatch
  ) {
    let first = batch.numbers.count
    for item in items where !isWhole || !item.isInternal {
      guard let number = Self.number(item.value) else { continue }
      batch.numberKeys.append(keys.index(of: item.key, announcedIn: &batch))
      batch.numbers.append(number)
    }
    batch.records.append(
      Record(
        line: line, step: step ?? 0, hasOwnStep: step != nil, time: time, phase: .train,
        modes: ModelModes(), numbers: first..<batch.numbers.count))
  }

  /// The items by the step that they are drawn at: that of the metric which was defined to be theirs, where it is in the
  /// row and an integer, else the row's own.
  private mutating func groups(
    of items: ContiguousArray<Item>, at own: Int?
  ) -> [(step: Int?, items: ContiguousArray<Item>)] {
    guard !metrics.isEmpty else { return [(own, items)] }
    var groups: [(step: Int?, items: ContiguousArray<Item>)] = [(own, [])]
    for item in items {
      let step = metrics.step(of: Array(item.key)).flatMap { integer(of: $0, in: items) } ?? own
      if let index = groups.firstIndex(where: { $0.step == step }) {
        groups[index].items.append(item)
      } else {
        groups.append((step, [item]))
      }
    }
    return groups.filter { !$0.items.isEmpty || $0.step == own && groups.count == 1 }
  }

  /// The value of a key if it is an integer.
  private func integer(of key: [UInt8], in items: ContiguousArray<Item>) -> Int? {
    items.last { $0.key.elementsEqual(key) }.flatMap { Self.number($0.value) }.flatMap { Int(exactly: $0) }
  }

  private func integer(of key: StaticString) -> Int? { number(of: key).flatMap { Int(exactly: $0) } }

  private func number(of key: StaticString) -> Double? {
    items.last { $0.key.count == key.utf8CodeUnitCount && $0.key.starts(with: key) }
      .flatMap { Self.number($0.value) }
  }

  /// `HistoryItem`: `key`, or the parts of `nested_key`, and `value_json`.
  private static func item(
    _ bytes: UnsafeRawBufferPointer, joiningKeyIn room: inout UnsafeMutableRawBufferPointer
  ) -> Item? {
    var reader = ProtobufReader(bytes)
    var key = UnsafeRawBufferPointer(start: nil, count: 0)
    var parentLength = 0
    var json: UnsafeRawBufferPointer?
    while let (field, value) = reader.next() {
      guard let part = value.bytes, !part.isEmpty else { continue }
      switch field {
      case 1: key = part
      case 2:
        parentLength = key.count
        key = key.isEmpty ? part : join(key, part, in: &room)
      case 16: json = part
      default: break
      }
    }
    guard !reader.isMalformed, !key.isEmpty, let json else { return nil }
    return Item(key: key, value: json, parentLength: parentLength)
  }

  /// Two parts of a key with a `/` between them.
  private static func join(
    _ key: UnsafeRawBufferPointer, _ part: UnsafeRawBufferPointer,
    in room: inout UnsafeMutableRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    // A key that was joined last goes on where it ends; another one is copied first.
    let isLast =
      room.baseAddress.map { key.baseAddress.map { $0 + key.count } == UnsafeRawPointer($0) } ?? false
    let start = isLast ? 0 : key.count
    guard let base = room.baseAddress, start + 1 + part.count <= room.count else { return key }
    if !isLast { room.copyBytes(from: key) }
    room[start] = UInt8(ascii: "/")
    UnsafeMutableRawBufferPointer(rebasing: room[(start + 1)...]).copyBytes(from: part)
    room = UnsafeMutableRawBufferPointer(rebasing: room[(start + 1 + part.count)...])
    let first = isLast ? key.baseAddress : UnsafeRawPointer(base)
    return UnsafeRawBufferPointer(start: first, count: key.count + 1 + part.count)
  }

  /// `HistoryStep`.
  private static func stepNumber(_ bytes: UnsafeRawBufferPointer) -> Int {
    var reader = ProtobufReader(bytes)
    while let (field, value) = reader.next() {
      if field == 1 { return value.integer ?? 0 }
    }
    return 0
  }

  /// A JSON number, or one of the names of those that JSON has not.
  private static func number(_ json: UnsafeRawBufferPointer) -> Double? {
    if let number = json.plainNumber { return number }
    guard json.count < 64, let last = json.last else { return nil }
    let text = String(decoding: json, as: UTF8.self)
    guard (0x30...0x39).contains(last) else { return nonfinite[text] }
    guard let first = json.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
      return nil
    }
    return Double(text)
  }

  private static let nonfinite: [String: Double] = [
    "NaN": .nan, "Infinity": .infinity, "-Infinity": -.infinity,
    "\"NaN\"": .nan, "\"Infinity\"": .infinity, "\"-Infinity\"": -.infinity,
  ]
}

extension WandbHistory.Item {
  /// W&B's own: `_runtime`, `_wandb/…`.
  fileprivate var isInternal: Bool { key.first == UInt8(ascii: "_") }

  /// The `_type` of a histogram, an image, a table.
  fileprivate var isMediaType: Bool {
    parentLength > 0
      && UnsafeRawBufferPointer(rebasing: key[(parentLength + 1)...]).elementsEqual("_type".utf8)
  }
}
