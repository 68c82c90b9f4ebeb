#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Natural logarithm; the C library is imported in this file alone.
func log(_ x: Double) -> Double {
  #if canImport(Glibc)
    Glibc.log(x)
  #else
    Darwin.log(x)
  #endif
}

/// e to the power of x.
func exp(_ x: Double) -> Double {
  #if canImport(Glibc)
    Glibc.exp(x)
  #else
    Darwin.exp(x)
  #endif
}

/// √(x² + y²).
func hypot(_ x: Double, _ y: Double) -> Double {
  #if canImport(Glibc)
    Glibc.hypot(x, y)
  #else
    Darwin.hypot(x, y)
  #endif
}

/// Logarithm to base 10.
func log10(_ x: Double) -> Double {
  #if canImport(Glibc)
    Glibc.log10(x)
  #else
    Darwin.log10(x)
  #endif
}

/// x to the power of y.
func pow(_ x: Double, _ y: Double) -> Double {
  #if canImport(Glibc)
    Glibc.pow(x, y)
  #else
    Darwin.pow(x, y)
  #endif
}
