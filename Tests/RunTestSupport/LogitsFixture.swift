package import Reports
package import RunModel
package import TestSupport

/// Logits of two models for the same rows, and files of them.
package struct LogitsFixture {
  package let folder: ScratchFolder
  package let samples: Int
  package let positions: Int
  package let vocabulary: Int
  package let policy: [Double]
  package let reference: [Double]

  /// - Parameter distance: deviation of the steps from the reference to the policy.
  package init(samples: Int, positions: Int, vocabulary: Int, distance: Double = 0.5, seed: UInt64 = 1) throws
  {
    folder = try ScratchFolder()
    self.samples = samples
    self.positions = positions
    self.vocabulary = vocabulary
    var random = SplitMix64(seed: seed)
    let count = samples * positions * vocabulary
    reference = random.normals(count).map { Double(Float($0)) }
    policy = reference.map { Double(Float($0 + distance * random.normal())) }
  }

  package var shape: [Int] { [samples, positions, vocabulary] }

  /// D(policy‖reference) of every row, nats.
  package var divergences: [Double] { LogitsMath.divergences(policy, reference, rowSize: vocabulary) }

  /// D(reference‖policy) of every row, nats.
  package var opposite: [Double] { LogitsMath.divergences(reference, policy, rowSize: vocabulary) }

  /// Writes a file of both models.
  package func pair(
    _ name: String = "logits.safetensors", as type: StoredNumbers = .float32, samples: Range<Int>? = nil,
    with more: [WrittenTensor] = []
  ) throws -> String {
    let samples = samples ?? 0..<self.samples
    let range = samples.lowerBound * positions * vocabulary..<samples.upperBound * positions * vocabulary
    let shape = [samples.count, positions, vocabulary]
    return try write(
      name,
      [
        WrittenTensor("logits", type, shape, Array(policy[range])),
        WrittenTensor("ref_logits", type, shape, Array(reference[range])),
      ] + more)
  }

  package func write(_ name: String, _ tensors: [WrittenTensor]) throws -> String {
    try folder.write(LogitsFileBytes.safetensors(tensors), to: name)
  }

  /// Writes an `.npy` file of one model.
  package func array(_ name: String, _ shape: [Int], _ values: [Double]) throws -> String {
    try folder.write(LogitsFileBytes.numpy(.float32, shape, values), to: name)
  }
}

/// A report of these files.
package func report(
  _ policy: String, _ reference: String? = nil, _ change: (inout LogitsOptions) -> Void = { _ in }
) throws -> LogitsReport {
  var options = LogitsOptions()
  change(&options)
  return try LogitsReport(policy: policy, reference: reference, options: options)
}

/// Mean of values.
package func mean(_ values: some Collection<Double>) -> Double { values.reduce(0, +) / Double(values.count) }
