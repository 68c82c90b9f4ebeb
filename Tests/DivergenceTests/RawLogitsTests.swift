import Divergence
import TestSupport
import Testing

/// Raw matrices: their sizes, their alignment, and the two forms for a single row.
@Suite struct RawLogitsTests {
  @Test func `Bytes that are no whole number of rows are refused`() {
    let bytes = [UInt8](repeating: 0, count: 42)
    #expect(throws: ShapeError.partialRow(bytes: 42, bytesPerRow: 40)) {
      try RowDivergence.measure(
        policy: bytes.span.bytes, storedAs: .float32, reference: bytes.span.bytes, storedAs: .float32,
        vocabularySize: 10)
    }
  }

  @Test func `Matrices with different numbers of rows are refused`() {
    let policy = [UInt8](repeating: 0, count: 80), reference = [UInt8](repeating: 0, count: 80)
    #expect(throws: ShapeError.shapesDiffer([2, 10], [4, 10])) {
      try RowDivergence.measure(
        policy: policy.span.bytes, storedAs: .float32, reference: reference.span.bytes, storedAs: .bfloat16,
        vocabularySize: 10)
    }
  }

  @Test(arguments: [0, -1, Int.max])
  func `A vocabulary of impossible size is refused`(_ size: Int) {
    let bytes = [UInt8](repeating: 0, count: 16)
    #expect(throws: ShapeError.impossibleShape([size])) {
      try RowDivergence.measure(
        policy: bytes.span.bytes, storedAs: .float32, reference: bytes.span.bytes, storedAs: .float32,
        vocabularySize: size)
    }
  }

  @Test func `No rows have no results`() throws {
    let none = [UInt8]()
    let rows = try RowDivergence.measure(
      policy: none.span.bytes, storedAs: .float32, reference: none.span.bytes, storedAs: .float32,
      vocabularySize: 10)
    #expect(rows.isEmpty)
  }

  @Test(arguments: LogitsScalar.allCases)
  func `Logits may lie at any address`(_ scalar: LogitsScalar) throws {
    var random = SplitMix64(seed: 41)
    let policy = StoredLogits(random.logits(2 * 1500), as: scalar)
    let reference = StoredLogits(random.logits(2 * 1500), as: scalar)
    let aligned = try measure(policy, reference, vocabularySize: 1500)
    for offset in 1...3 {
      let shiftedPolicy = [UInt8](repeating: 0, count: offset) + policy.bytes
      let shiftedReference = [UInt8](repeating: 0, count: offset + 1) + reference.bytes
      let shifted = try RowDivergence.measure(
        policy: shiftedPolicy.span.extracting(offset...).bytes, storedAs: scalar,
        reference: shiftedReference.span.extracting((offset + 1)...).bytes, storedAs: scalar,
        vocabularySize: 1500)
      #expect(shifted == aligned)
    }
  }

  @Test func `A single row of numbers measures as the same row of bytes`() throws {
    var random = SplitMix64(seed: 42)
    let policy = random.logits(1100), reference = random.logits(1100)
    let wide = RowDivergence.measure(policy: policy.span, reference: reference.span, totalVariation: true)
    let wideRows = try measure(
      StoredLogits(policy, as: .float64), StoredLogits(reference, as: .float64), vocabularySize: 1100,
      totalVariation: true)
    #expect([wide] == wideRows)

    let narrowPolicy = policy.map { Float($0) }, narrowReference = reference.map { Float($0) }
    let narrow = RowDivergence.measure(policy: narrowPolicy.span, reference: narrowReference.span)
    let narrowRows = try measure(
      StoredLogits(policy, as: .float32), StoredLogits(reference, as: .float32), vocabularySize: 1100)
    #expect([narrow] == narrowRows)
    #expect(narrow.totalVariation == nil)
  }

  @Test func `Rows of different length are misuse`() async {
    await #expect(processExitsWith: .failure) {
      let two = [1.0, 2.0], three = [1.0, 2.0, 3.0]
      _ = RowDivergence.measure(policy: two.span, reference: three.span)
    }
  }
}
