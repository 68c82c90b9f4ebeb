/// The texts of ticks, alike along one axis.
enum TickLabel {
  /// - Parameters:
  ///   - length: of the axis.
  ///   - largest: the largest magnitude on the axis; it decides on the notation of all.
  static func text(_ value: Double, step: TickStep, length: Double, largest: Double, kind: TickKind) -> String
  {
    switch kind {
    case .number: number(value, step: step, largest: largest)
    case .integer: integer(value, step: step, largest: largest)
    case .duration: duration(value, step: step, largest: largest)
    case .clock:
      ClockText.text(
        value, ClockText.Precision(step: step.size, length: length, decimals: max(0, -step.exponent)))
    }
  }

  /// The only tick of an axis.
  static func single(_ value: Double, kind: TickKind) -> String {
    switch kind {
    case .number, .integer: NumberText.short(value)
    case .duration: DurationText.short(value)
    case .clock: ClockText.text(value, ClockText.Precision(step: 1, length: 0, decimals: 0))
    }
  }

  /// A tick of a logarithmic axis: one or two digits, with an exponent outside of 0.001 to 100,000.
  static func logarithmic(_ value: Double) -> String {
    var digits = DecimalDigits(value)
    digits.round(toDigits: 3)
    return (-3..<6).contains(digits.exponent) ? digits.fixed() : digits.scientific()
  }

  private static func number(_ value: Double, step: TickStep, largest: Double) -> String {
    if largest >= 1e6 || largest < 1e-3 {
      var digits = DecimalDigits(value)
      digits.round(toDecimals: -step.exponent)
      return value == 0 ? "0" : digits.scientific()
    }
    return NumberText.fixed(value, decimals: max(0, -step.exponent))
  }

  private static func integer(_ value: Double, step: TickStep, largest: Double) -> String {
    let scale = scales.first { largest >= $0.size * 10 && step.size >= $0.size }
    let isLong = value.magnitude / (scale?.size ?? 1) >= 1e6
    guard value != 0, let scale = isLong ? roundScale(of: value) ?? scale : scale else {
      return NumberText.fixed(value, decimals: 0)
    }
    return NumberText.fixed(value / scale.size, decimals: 0) + scale.name
  }

  private static let scales: [(size: Double, name: String)] = [
    (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"),
  ]

  /// The largest scale in which a number, too long to read in full, is a whole one.
  private static func roundScale(of value: Double) -> (size: Double, name: String)? {
    scales.first { (value / $0.size).rounded() * $0.size == value }
  }

  private static func duration(_ value: Double, step: TickStep, largest: Double) -> String {
    if step.size < 1 { return NumberText.fixed(value, decimals: -step.exponent) + "s" }
    // `short` shows two units; below that a clock is needed.
    let showsTwoUnits = largest < 3_600 || (largest < 86_400 && step.size >= 60) || step.size >= 3_600
    return showsTwoUnits ? DurationText.short(value) : DurationText.clock(value)
  }
}
