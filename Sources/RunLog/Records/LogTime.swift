/// The time of a record: seconds, milliseconds, … since 1970, or a text of ISO 8601.
enum LogTime {
  /// Numbers below are durations, or seconds since some start of the run; this is the end of 1973.
  static let earliest = 1.25e8

  /// Seconds since 1970 of a number in whatever unit; `nil` where it is too small for a date.
  static func seconds(_ number: Double) -> Double? {
    switch number {
    case earliest..<1e11: number
    case 1e11..<1e14: number / 1e3
    case 1e14..<1e17: number / 1e6
    case 1e17..<1e20: number / 1e9
    default: nil
    }
  }

  /// Seconds since 1970 of `2024-01-01T00:00:00.5+02:00` or `2024-01-01 00:00:00`; without a zone it is UTC.
  static func seconds(_ text: UnsafeRawBufferPointer) -> Double? {
    var scanner = Scanner(text)
    guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
      let day = scanner.digits(2), scanner.take("T") || scanner.take(" "), let hour = scanner.digits(2),
      scanner.take(":"), let minute = scanner.digits(2), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    var seconds = Double(days(year, month, day) * 86400 + hour * 3600 + minute * 60)
    if scanner.take(":") {
      guard let second = scanner.digits(2) else { return nil }
      seconds += Double(second)
    }
    if scanner.take(".") || scanner.take(",") { seconds += scanner.fraction() }
    if scanner.take("Z") { return scanner.isAtEnd ? seconds : nil }
    let sign = scanner.take("+") ? -1 : scanner.take("-") ? 1 : 0
    if sign != 0 {
      guard let hours = scanner.digits(2) else { return nil }
      _ = scanner.take(":")
      seconds += Double(sign * (hours * 3600 + (scanner.digits(2) ?? 0) * 60))
    }
    return scanner.isAtEnd ? seconds : nil
  }

  /// Days from 1970 to a date of the Gregorian calendar (H. Hinnant, `days_from_civil`).
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private struct Scanner {
    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ text: UnsafeRawBufferPointer) { rest = text.trimmedAtEnd.drop { $0.isSpace } }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest = rest.dropFirst()
      return true
    }

    mutating func digits(_ count: Int) -> Int? {
      let part = rest.prefix(count)
      guard part.count == count, part.allSatisfy(\.isDigit) else { return nil }
      rest = rest.dropFirst(count)
      return part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    mutating func fraction() -> Double {
      var unit = 0.1
      var value = 0.0
      while let digit = rest.first, digit.isDigit {
        value += unit * Double(digit - 0x30)
        unit /= 10
        rest = rest.dropFirst()
      }
      return value
    }
  }
}

/// Tells a clock from a duration by whether it rises.
struct SmallTimes {
  private var last = -Double.infinity
  private var lastStep = Int.min
  /// A small number stayed or fell from step to step: such numbers are durations.
  private(set) var areDurations = false

  /// True where a small number of a record may be a time.
  mutating func mayBeClock(_ number: Double, step: Int) -> Bool {
    guard !areDurations else { return false }
    if step > lastStep, lastStep != .min, number <= last { areDurations = true }
    (last, lastStep) = (number, step)
    return !areDurations
  }

  mutating func startAgain() { (last, lastStep) = (-.infinity, .min) }
}
