/// The hyperparameters that a session of TensorBoard was started with (`add_hparams`, `hparams.api`).
///
/// Field numbers: `summary.proto` of TensorFlow, `plugin_data.proto` of TensorBoard's plugin, `struct.proto`.
enum TensorBoardHparams {
  private static let plugin = Array("hparams".utf8)

  /// What a value of a summary says; `nil` where it is about something else.
  static func description(_ value: UnsafeRawBufferPointer) -> RunDescription? {
    guard let data = message([9, 1], of: value), let name = message([1], of: data),
      name.elementsEqual(plugin), let start = message([2, 3], of: data)
    else { return nil }
    var run = RunDescription()
    var reader = ProtobufReader(start)
    while let (field, entry) = reader.next() {
      guard field == 1, let entry = entry.bytes, let (key, text) = pair(entry) else { continue }
      run.configuration[key] = text
    }
    guard !run.configuration.isEmpty else { return nil }
    run.configurationSource = "TensorBoard hparams"
    return run
  }

  /// The message at a path of fields.
  private static func message(
    _ path: [UInt64], of bytes: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    guard let first = path.first else { return bytes }
    var reader = ProtobufReader(bytes)
    while let (field, value) = reader.next() {
      if field == first, let inner = value.bytes { return message(Array(path.dropFirst()), of: inner) }
    }
    return nil
  }

  private static func pair(_ entry: UnsafeRawBufferPointer) -> (key: String, text: String)? {
    guard let key = message([1], of: entry), let value = message([2], of: entry) else { return nil }
    return (String(decoding: key, as: UTF8.self), text(value))
  }

  /// A `google.protobuf.Value`.
  private static func text(_ value: UnsafeRawBufferPointer) -> String {
    var reader = ProtobufReader(value)
    while let (field, value) = reader.next() {
      switch field {
      case 2: if let number = value.double { return Int(exactly: number).map { "\($0)" } ?? "\(number)" }
      case 3: if let text = value.bytes { return String(decoding: text, as: UTF8.self) }
      case 4: if let flag = value.integer { return flag == 0 ? "false" : "true" }
      default: break
      }
    }
    return "null"
  }
}
