/// Moments as a clock and a calendar in UTC show them.
package enum ClockText {
  /// A moment between others that lie `step` seconds apart: `11-23` for days, `14:05` for minutes, `14:05:30` for
  /// seconds.
  package static func tick(_ seconds: Double, step: Double) -> String {
    guard seconds.isFinite, seconds.magnitude < 1e12 else { return "--" }
    let total = Int(seconds.rounded(.down))
    let days = (total - ((total % 86_400) + 86_400) % 86_400) / 86_400
    let second = total - days * 86_400
    if step >= 86_400 {
      let date = civil(days: days)
      return "\(two(date.month))-\(two(date.day))"
    }
    let minutes = "\(two(second / 3_600)):\(two(second / 60 % 60))"
    if step >= 60 { return minutes }
    let clock = "\(minutes):\(two(second % 60))"
    guard step < 1 else { return clock }
    return clock + NumberText.fixed(seconds - seconds.rounded(.down), decimals: 2).dropFirst()
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// Month and day of a day since 1970-01-01, by Hinnant's `civil_from_days`: eras of 400 years that begin in March.
  private static func civil(days: Int) -> (month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    return (month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
  }
}
