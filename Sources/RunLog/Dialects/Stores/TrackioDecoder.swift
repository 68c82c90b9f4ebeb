/// Rows of trackio: an object of JSON with the metrics of one call, its step and its time.
final class TrackioDecoder: LineDecoder {
  private let row: JSONLineDecoder

  init(keys: KeyInterner) {
    row = JSONLineDecoder(keys: keys)
  }

  static var padding: Int { JSONLineDecoder.padding }
  var dialect: Dialect? { .trackio }
  var stepSource: StepSource { row.stepSource }
  var wantsRereading: Bool { false }

  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    row.decode(line, number: number, into: &batch)
  }

  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int { 0 }
  func finishBatch(_ batch: inout RecordBatch) { row.finishBatch(&batch) }
}
