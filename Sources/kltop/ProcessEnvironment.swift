import RunFeed

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The variables that decide how the screen looks.
enum ProcessEnvironment {
  static var current: [String: String] {
    let names = [
      "TMUX", "VTE_VERSION", "TERM", "COLORTERM", "COLORFGBG", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE",
    ]
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { name in getenv(name).map { (name, String(cString: $0)) } })
  }

  /// The present, seconds since 1970, or what stands in its place.
  static var now: Double { fixedTime ?? SystemClock.secondsSince1970() }

  /// The time that a single frame is to show instead of the present, seconds since 1970: `SOURCE_DATE_EPOCH`
  /// (https://reproducible-builds.org/specs/source-date-epoch/).
  static var fixedTime: Double? {
    getenv("SOURCE_DATE_EPOCH").flatMap { Int(String(cString: $0)) }.map { Double($0) }
  }
}
