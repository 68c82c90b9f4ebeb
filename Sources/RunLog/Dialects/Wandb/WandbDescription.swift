/// What a W&B run says of itself beside its history: its configuration, and how it ended.
///
/// Field numbers: `wandb_internal.proto`.
struct WandbDescription {
  private enum Field {
    static let configuration: UInt64 = 5
    static let run: UInt64 = 17
    static let exit: UInt64 = 18
  }

  /// Adds a notice for a field of a `Record` that describes the run.
  static func note(
    _ field: UInt64, _ bytes: UnsafeRawBufferPointer, number: Int, in batch: inout RecordBatch
  ) {
    let kind: LogNotice.Kind? =
      switch field {
      case Field.configuration: run(configuration(bytes))
      case Field.run: run(fields(4, of: bytes).flatMap(configuration))
      case Field.exit: exitCode(bytes).map { LogNotice.Kind.ended(TrainingEnd(exitCode: $0)) }
      default: nil
      }
    guard let kind else { return }
    batch.notices.append(LogNotice(position: batch.records.count, line: number, kind: kind))
  }

  private static func run(_ pairs: [(key: String, value: String)]) -> LogNotice.Kind? {
    guard !pairs.isEmpty else { return nil }
    var run = RunDescription()
    run.configuration = Dictionary(pairs, uniquingKeysWith: { $1 })
    run.configurationSource = "the .wandb log"
    return .run(run)
  }

  /// The messages of one field of another one.
  private static func fields(_ number: UInt64, of bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    var reader = ProtobufReader(bytes)
    var found: [UnsafeRawBufferPointer] = []
    while let (field, value) = reader.next() {
      if field == number, let bytes = value.bytes { found.append(bytes) }
    }
    return found
  }

  /// `ConfigRecord`: items with `key`, or the parts of `nested_key`, and `value_json`.
  private static func configuration(_ bytes: UnsafeRawBufferPointer) -> [(key: String, value: String)] {
    fields(1, of: bytes).compactMap { item in
      var reader = ProtobufReader(item)
      var parts: [String] = []
      var json: String?
      while let (field, value) = reader.next() {
        guard let text = value.bytes.map({ String(decoding: $0, as: UTF8.self) }) else { continue }
        switch field {
        case 1 where !text.isEmpty: parts = [text]
        case 2: parts.append(text)
        case 16: json = text
        default: break
        }
      }
      // W&B keeps its own notes under this key.
      guard let json, let first = parts.first, first != "_wandb", !reader.isMalformed else { return nil }
      return (parts.joined(separator: "/"), unquoted(json))
    }
  }

  /// A text of JSON without its quotes; with escapes in it, as it stands there.
  private static func unquoted(_ json: String) -> String {
    guard json.utf8.count > 1, json.hasPrefix("\""), json.hasSuffix("\""), !json.contains("\\") else {
      return json
    }
    return String(json.dropFirst().dropLast())
  }

  /// `RunExitRecord`; 0 is not written.
  private static func exitCode(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var reader = ProtobufReader(bytes)
    var code = 0
    while let (field, value) = reader.next() {
      if field == 1 { code = value.integer ?? 0 }
    }
    return reader.isMalformed ? nil : code
  }
}
