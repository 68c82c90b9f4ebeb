internal import LogitsFiles

/// Which steps the first axis of a tensor stands for.
struct StackSteps {
  private let isStack: Bool
  /// Steps that the user named.
  private let named: StepList?
  /// Steps that were found beside the file.
  private let found: StepList?

  /// - Parameter found: a `steps.npy` beside the files.
  init(_ options: LogitsOptions, found: String?) throws(LogitsFileProblem) {
    isStack = options.isStack
    named = try options.stepsFile.map { (path) throws(LogitsFileProblem) in try StepList(path: path) }
    // One that was only found may be about something else.
    self.found = found.flatMap { try? StepList(path: $0) }
  }

  /// The steps of the first axis; nil where it is none of steps.
  ///
  /// Three axes are `[N,T,V]` unless the user or the file says otherwise, four always begin with the step.
  func steps(of source: RowSource, in file: LogitsHeader) throws(LogitsFileProblem) -> [Int]? {
    let shape = source.shape
    guard shape.count > 1, case .tensor = source else { return nil }
    if let named {
      guard named.count == shape[0] else {
        throw LogitsFileProblem(
          file.path, "logits of shape \(written(shape)), but \(named.path) names \(named.count) steps")
      }
      return try named.steps()
    }
    if let tensor = file.stepsTensor, tensor.shape == [shape[0]] {
      return try StepList(file: file, tensor: tensor).steps()
    }
    if let found, shape.count > 2, found.count == shape[0] { return try found.steps() }
    return isStack || shape.count > 3 ? Array(0..<shape[0]) : nil
  }
}

/// A list of steps in a file.
private struct StepList {
  private let file: LogitsHeader
  private let tensor: StoredTensor

  init(file: LogitsHeader, tensor: StoredTensor) {
    self.file = file
    self.tensor = tensor
  }

  init(path: String) throws(LogitsFileProblem) {
    let header = try LogitsHeader(path: path)
    guard case .array(let tensor) = header.content, tensor.shape.count == 1 else {
      throw LogitsFileProblem(path, "steps are one list of integers in an .npy file")
    }
    self.init(file: header, tensor: tensor)
  }

  var path: String { file.path }
  var count: Int { tensor.count }

  func steps() throws(LogitsFileProblem) -> [Int] {
    let mapped = try MappedLogits(file)
    let steps = mapped.numbers(of: tensor).compactMap { Int(exactly: $0) }
    try mapped.checkUnchanged()
    guard steps.count == tensor.count else { throw LogitsFileProblem(path, "steps are integers") }
    return steps
  }
}
