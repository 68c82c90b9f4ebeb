package import LogitsFiles

/// Logits of one model at one step in one file: samples × positions rows that lie one behind the other.
package struct LogitsPart: Sendable {
  let file: LogitsHeader
  package let source: RowSource
  /// The prompt that the tensors are named after.
  let prompt: String?
  /// Row of the source at which the step begins.
  let firstRow: Int
  let samples: Int
  /// Positions of each sample in the file; 1 where the rows are no sequences.
  let positions: Int
  /// Positions that are compared.
  var window: Range<Int>
  /// What counts, and the right classes; nil where the file does not say.
  let mask: PartValues?
  let targets: PartValues?
  /// What the model read.
  let tokens: PartValues?

  /// Rows that are compared, as ranges of the source's rows.
  var rowRanges: [Range<Int>] {
    if window.count == positions { return [firstRow..<firstRow + samples * positions] }
    return (0..<samples).map { sample in
      let start = firstRow + sample * positions
      return start + window.lowerBound..<start + window.upperBound
    }
  }

  /// Number of rows that are compared.
  var rows: Int { samples * window.count }
}

/// One value for each row of a part, or for each sample.
struct PartValues: Sendable {
  let tensor: StoredTensor
  /// Index of the first row's value.
  let first: Int
  let isPerSample: Bool
}

extension LogitsPart {
  /// The parts that a tensor holds: one, or one for each step of a stack.
  ///
  /// - Parameter steps: the steps of the first axis where it is one of steps, as many as its size.
  /// - Throws: where the shapes do not fit each other.
  static func parts(
    of source: RowSource, in tensors: PromptTensors, file: LogitsHeader, steps: [Int]?
  ) throws(LogitsFileProblem) -> [LogitsPart] {
    let reader = PartReader(source: source, tensors: tensors, file: file, stackSize: steps?.count)
    return try reader.parts()
  }
}

/// Works out where the parts of one tensor lie.
private struct PartReader {
  let source: RowSource
  let tensors: PromptTensors
  let file: LogitsHeader
  /// Size of the axis of steps, nil where there is none.
  let stackSize: Int?

  func parts() throws(LogitsFileProblem) -> [LogitsPart] {
    if source.type.precisionRank == nil {
      throw problem("logits are \(source.type.rawValue): F64, F32, F16 and BF16 are read")
    }
    if source.vocabulary < 1 { throw problem("logits of shape \(written(source.shape)) have no vocabulary") }
    if rowShape.count > 2 {
      throw problem(
        "logits of shape \(written(source.shape)): [N,V], [N,T,V] or a stack of them over steps is read")
    }
    let (samples, positions) = extents
    let mask = try values("mask", tensors.mask), targets = try values("targets", tensors.targets)
    let tokens = (try? values("input_ids", tensors.tokens)) ?? nil
    return (0..<(stackSize ?? 1)).map { index in
      LogitsPart(
        file: file, source: source, prompt: tensors.name, firstRow: index * samples * positions,
        samples: samples,
        positions: positions, window: 0..<positions, mask: mask?.at(index), targets: targets?.at(index),
        tokens: tokens?.at(index))
    }
  }

  /// The shape of one step without the vocabulary.
  private var rowShape: [Int] { Array(source.shape.dropFirst(stackSize == nil ? 0 : 1).dropLast()) }

  private var extents: (samples: Int, positions: Int) {
    switch rowShape.count {
    case 0: (1, 1)
    case 1: tensors.name == nil ? (rowShape[0], 1) : (1, rowShape[0])
    default: (rowShape[0], rowShape[1])
    }
  }

  /// Where the values of each step lie in their tensor.
  private struct Placement {
    let tensor: StoredTensor
    let perStep: Int
    let isPerSample: Bool

    func at(_ index: Int) -> PartValues {
      PartValues(tensor: tensor, first: index * perStep, isPerSample: isPerSample)
    }
  }

  /// Checks that a tensor has one value for each row, or each sample, of all steps or of one for all.
  private func values(_ name: String, _ tensor: StoredTensor?) throws(LogitsFileProblem) -> Placement? {
    guard let tensor else { return nil }
    let perRow = rowShape.isEmpty ? [[], [1]] : [rowShape]
    let perSample = name == "targets" && rowShape.count == 2 ? [[rowShape[0]]] : []
    for (shapes, isPerSample) in [(perRow, false), (perSample, true)] {
      for shape in shapes {
        if tensor.shape == shape { return Placement(tensor: tensor, perStep: 0, isPerSample: isPerSample) }
        guard let stackSize, tensor.shape == [stackSize] + shape else { continue }
        return Placement(tensor: tensor, perStep: shape.reduce(1, *), isPerSample: isPerSample)
      }
    }
    throw problem("\(name) is \(written(tensor.shape)), logits have \(written(rowShape)) rows")
  }

  private func problem(_ reason: String) -> LogitsFileProblem {
    LogitsFileProblem(file.path, (tensors.name.map { "\($0): " } ?? "") + reason)
  }
}

/// A shape as numpy writes it in brackets.
func written(_ shape: [Int]) -> String { "[" + shape.map { String($0) }.joined(separator: ",") + "]" }
