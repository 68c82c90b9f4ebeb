/// Lengths of time as the screen shows them.
package enum DurationText {
  /// Days, hours, minutes and seconds, rounded down: `00:03:12`, `2d 03:04:05`; `-` before a negative one and
  /// `--:--:--` for what is no number of seconds or 10^12 of them and more.
  package static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds.magnitude < 1e12 else { return "--:--:--" }
    let total = Int(seconds.magnitude)
    let days = total / 86_400
    let time = [total / 3_600 % 24, total / 60 % 60, total % 60]
      .map { $0 < 10 ? "0\($0)" : "\($0)" }
      .joined(separator: ":")
    return (seconds <= -1 ? "-" : "") + (days > 0 ? "\(days)d \(time)" : time)
  }

  /// The two largest units, for axes and "silent since": `850ms`, `12s`, `3m 5s`, `2h`, `1d 4h`.
  package static func short(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds.magnitude < 1e12 else { return "--" }
    let sign = seconds < 0 ? "-" : ""
    let magnitude = seconds.magnitude
    if magnitude == 0 { return "0s" }
    if magnitude < 0.9995 { return sign + NumberText.fixed(magnitude * 1_000, decimals: 0) + "ms" }
    let total = Int(magnitude.rounded())
    let units: [(seconds: Int, name: String)] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")]
    let first = units.firstIndex { total >= $0.seconds } ?? units.count - 1
    let larger = sign + "\(total / units[first].seconds)\(units[first].name)"
    guard first + 1 < units.count else { return larger }
    let smaller = units[first + 1]
    let rest = total % units[first].seconds / smaller.seconds
    return rest == 0 ? larger : larger + " \(rest)\(smaller.name)"
  }
}
