#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Precisions in which tensors are computed: float32 rounds the float64 result once.
public protocol TensorScalar: BinaryFloatingPoint, Sendable {}

extension Float: TensorScalar {}
extension Double: TensorScalar {}

extension TensorScalar {
  /// e to this power, rounded from float64.
  var exponential: Self { Self(exp(Double(self))) }

  /// The natural logarithm, rounded from float64; NaN below zero.
  var naturalLogarithm: Self { Self(log(Double(self))) }
}
