#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension TickStep {
  /// The powers of ten that a range of positive numbers covers.
  struct Decades {
    private let range: ClosedRange<Double>
    private let exponents: ClosedRange<Int>

    init(_ range: ClosedRange<Double>) {
      self.range = range
      let first = Int(log10(range.lowerBound).rounded(.down))
      exponents = first...max(first, Int(log10(range.upperBound).rounded(.down)))
    }

    /// These multiples of every n-th power of ten in the range, in order.
    func values(of mantissas: [Double], every stride: Int) -> [Double] {
      exponents.filter { $0.isMultiple(of: stride) }.flatMap { exponent in
        mantissas.map { TickStep(mantissa: $0, exponent: exponent).size }
      }
      .filter { range.contains($0) }
    }
  }
}
