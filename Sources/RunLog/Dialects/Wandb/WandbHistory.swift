/// What the history of a W&B run says.
///
/// Field numbers: `wandb_internal.proto`.
struct WandbHistory {
  private var keys: KeyCache
  private var metrics = WandbMetrics()

  /// One item: its key with all parents and its value as JSON.
  fileprivate struct Item {
    var key: [UInt8]
    var value: UnsafeRawBufferPointer
    /// Bytes of the key before the `/` of its last part.
    var parentLength: Int
  }

  /// Keys that W&B adds itself; the step and the time are among them.
  private static let stepKeys = ["train/global_step", "_step"].map { Array($0.utf8) }
  private static let timeKey = Array("_timestamp".utf8)

  init(keys: KeyTable) {
    self.keys = KeyCache(keys)
  }

  /// Adds the record of a protobuf `Record` if it is one of the history, or a notice if it is damaged.
  mutating func decode(_ record: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    var reader = ProtobufReader(record)
    while let (field, value) = reader.next() {
      guard let bytes = value.bytes else { continue }
      if field == 2 { append(bytes, number, &batch) }
      if field == 12 { metrics.add(bytes) }
    }
    guard reader.isMalformed else { return }
    batch.notices.append(
      LogNotice(
        position: batch.records.count, line: number,
        kind: .rejected(reason: "record \(number) is not one of W&B")))
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer, _ line: Int, _ batch: inout RecordBatch) {
    var items: [Item] = []
    var step: Int?
    var reader = ProtobufReader(bytes)
    while let (field, value) = reader.next() {
      switch field {
      case 1: if let item = value.bytes.flatMap(Self.item) { items.append(item) }
      case 2: step = value.bytes.map(Self.stepNumber)
      default: break
      }
    }
    let named = Self.stepKeys.lazy.compactMap { Self.step($0, items) }
    let media = Set(items.filter(\.isMediaType).map { Array($0.key[..<$0.parentLength]) })
    let numbers = items.filter {
      !$0.isInternal && (media.isEmpty || !media.contains(Array($0.key[..<$0.parentLength])))
    }
    let own = named.first ?? step
    let time = Self.number(of: Self.timeKey, items) ?? .nan
    for group in groups(of: numbers, at: own) {
      let first = batch.numbers.count
      for item in group.items {
        guard let number = Self.number(item.value) else { continue }
        batch.numberKeys.append(item.key.withUnsafeBytes { keys.index(of: $0, announcedIn: &batch) })
        batch.numbers.append(number)
      }
      batch.records.append(
        Record(
          line: line, step: group.step ?? 0, hasOwnStep: group.step != nil, time: time, phase: .train,
          modes: ModelModes(), numbers: first..<batch.numbers.count))
    }
  }

  /// The items by the step that they are drawn at: that of the metric which was defined to be theirs, where it is in the
  /// row and an integer, else the row's own.
  private mutating func groups(of items: [Item], at own: Int?) -> [(step: Int?, items: [Item])] {
    guard !metrics.isEmpty else { return [(own, items)] }
    var groups: [(step: Int?, items: [Item])] = [(own, [])]
    for item in items {
      let step = metrics.step(of: item.key).flatMap { Self.step($0, items) } ?? own
      if let index = groups.firstIndex(where: { $0.step == step }) {
        groups[index].items.append(item)
      } else {
        groups.append((step, [item]))
      }
    }
    return groups.filter { !$0.items.isEmpty || $0.step == own && groups.count == 1 }
  }

  /// The value of a key if it is an integer.
  private static func step(_ key: [UInt8], _ items: [Item]) -> Int? {
    number(of: key, items).flatMap { Int(exactly: $0) }
  }

  /// `HistoryItem`: `key`, or the parts of `nested_key`, and `value_json`.
  private static func item(_ bytes: UnsafeRawBufferPointer) -> Item? {
    var reader = ProtobufReader(bytes)
    var key: [UInt8] = []
    var parentLength = 0
    var json: UnsafeRawBufferPointer?
    while let (field, value) = reader.next() {
      guard let part = value.bytes, !part.isEmpty else { continue }
      switch field {
      case 1: key = Array(part)
      case 2:
        parentLength = key.count
        key += (key.isEmpty ? [] : [UInt8(ascii: "/")]) + part
      case 16: json = part
      default: break
      }
    }
    guard !reader.isMalformed, !key.isEmpty, let json else { return nil }
    return Item(key: key, value: json, parentLength: parentLength)
  }

  /// `HistoryStep`.
  private static func stepNumber(_ bytes: UnsafeRawBufferPointer) -> Int {
    var reader = ProtobufReader(bytes)
    while let (field, value) = reader.next() {
      if field == 1 { return value.integer ?? 0 }
    }
    return 0
  }

  private static func number(of key: [UInt8], _ items: [Item]) -> Double? {
    items.last { $0.key == key }.flatMap { number($0.value) }
  }

  /// A JSON number, or one of the names of those that JSON has not.
  private static func number(_ json: UnsafeRawBufferPointer) -> Double? {
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
    parentLength > 0 && key[(parentLength + 1)...].elementsEqual("_type".utf8)
  }
}
