import CSimdJSON

/// Objects of JSON, one a line, and nothing else between them.
final class JSONLineDecoder: LineDecoder {
  static var padding: Int { csj_padding() }

  private var objects: JSONObjects

  init(keys: KeyInterner) {
    objects = JSONObjects(keys: keys)
  }

  var dialect: Dialect? { objects.dialect }
  var stepSource: StepSource { objects.stepSource }

  var wantsRereading: Bool { objects.wantsRereading }

  func startAgain() { objects.startAgain() }
  func finishBatch(_ batch: inout RecordBatch) { objects.decideSteps() }

  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    decode(line, ObjectPlace(line: number), into: &batch)
  }

  /// Adds an object of which its surroundings may tell the step.
  func decode(_ line: UnsafeRawBufferPointer, _ place: ObjectPlace, into batch: inout RecordBatch) {
    guard let problem = objects.decode(line, place, into: &batch) else { return }
    objects.reject(problem, place.line, &batch)
  }

  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int {
    objects.decodeWhole(line, ObjectPlace(line: number), into: &batch)
  }
}

/// Where an object stands, and what stands around it.
struct ObjectPlace {
  /// Line of its file, from 1.
  var line: Int
  /// The step that is printed before it.
  var step: Int?
  /// The position of the training's progress bar before it.
  var bar: Int?
  /// Seconds since 1970 of what it is wrapped in, NaN for none.
  var time = Double.nan
}
