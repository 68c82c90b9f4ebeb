internal import CVectorMath
internal import Dispatch
internal import Divergence
internal import Synchronization

/// Logits of two models in float32 and bfloat16, larger than any cache, and the time it takes to go through them.
struct BenchmarkLogits {
  private let policy: [Float]
  private let reference: [Float]
  private let narrowPolicy: [UInt16]
  private let narrowReference: [UInt16]
  private let vocabularySize: Int

  init(rows: Int, vocabularySize: Int) {
    self.vocabularySize = vocabularySize
    var state: UInt64 = 1
    let policy = (0..<(rows * vocabularySize)).map { _ in 16 * Self.centred(&state) }
    let reference = policy.map { $0 + Self.centred(&state) }
    narrowPolicy = policy.map { UInt16($0.bitPattern >> 16) }
    narrowReference = reference.map { UInt16($0.bitPattern >> 16) }
    self.policy = policy
    self.reference = reference
  }

  /// Uniform in −½ ..< ½ from a linear congruential generator: good enough to keep branches honest.
  private static func centred(_ state: inout UInt64) -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 24) - 0.5
  }

  /// Gigabytes a second of measuring all rows.
  func divergenceBandwidth(of scalar: LogitsScalar, threads: Int) throws(ShapeError) -> Double {
    let isNarrow = scalar == .bfloat16
    let policyBytes = isNarrow ? narrowPolicy.span.bytes : policy.span.bytes
    let referenceBytes = isNarrow ? narrowReference.span.bytes : reference.span.bytes
    let start = ContinuousClock.now
    let rows = try RowDivergence.measure(
      policy: policyBytes, storedAs: scalar, reference: referenceBytes, storedAs: scalar,
      vocabularySize: vocabularySize, maximumThreads: threads)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    precondition(rows.allSatisfy { $0.policyReference > 0 }, "the benchmark's models differ")
    return Double(policyBytes.byteCount + referenceBytes.byteCount) / seconds / 1e9
  }

  /// Gigabytes a second of only reading both float32 arrays, each thread its share of each.
  func readBandwidth(threads: Int) -> Double {
    policy.span.bytes.withUnsafeBytes { policy in
      reference.span.bytes.withUnsafeBytes { reference in
        let share = policy.count / threads & ~255
        nonisolated(unsafe) let arrays = (policy, reference)
        let checksum = Atomic<UInt64>(0)
        let start = ContinuousClock.now
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
          for bytes in [arrays.0, arrays.1] {
            let part = UnsafeRawBufferPointer(rebasing: bytes[(thread * share)..<((thread + 1) * share)])
            checksum.bitwiseXor(cvm_read(part.baseAddress, share), ordering: .relaxed)
          }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return Double(2 * share * threads) / seconds / 1e9
      }
    }
  }
}
