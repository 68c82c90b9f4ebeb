/// Moments as a calendar and a clock in UTC show them.
enum ClockText {
  /// What has to be said of moments beside each other to tell them apart.
  struct Precision {
    /// Seconds from one moment to the next.
    var step: Double
    /// Seconds from the first to the last.
    var length: Double
    /// Digits behind the second.
    var decimals: Int
  }

  /// A moment, seconds since 1970: `14:05`, `14:05:30`, over more than a day `11-23 14:05`, for steps of days `11-23` and
  /// over more than a year `2025-11-23`.
  static func text(_ seconds: Double, _ precision: Precision) -> String {
    guard seconds.magnitude < 1e12 else { return NumberText.short(seconds, significant: 15) }
    let total = Int(seconds.rounded(.down))
    let second = ((total % day) + day) % day
    let date = CivilDate(days: (total - second) / day)
    let monthAndDay = "\(two(date.month))-\(two(date.day))"
    let longDate = precision.length >= 365 * Double(day) ? "\(date.year)-\(monthAndDay)" : monthAndDay
    if precision.step >= Double(day) { return longDate }
    var clock = "\(two(second / 3_600)):\(two(second / 60 % 60))"
    if precision.step < 60 { clock += ":\(two(second % 60))" }
    if precision.decimals > 0 {
      clock += NumberText.fixed(seconds - seconds.rounded(.down), decimals: precision.decimals).dropFirst()
    }
    return precision.length >= Double(day) ? "\(longDate) \(clock)" : clock
  }

  private static let day = 86_400

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// A day of the Gregorian calendar, also before it was in use.
private struct CivilDate {
  var year: Int
  /// 1 … 12.
  var month: Int
  /// 1 … 31.
  var day: Int

  /// - Parameter days: since 1970-01-01. By Hinnant's `civil_from_days`: eras of 400 years that begin in March.
  init(days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }
}
