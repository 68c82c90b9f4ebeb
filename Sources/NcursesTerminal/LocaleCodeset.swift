#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the user's locale encodes text.
package enum LocaleCodeset {
  /// The name of the encoding, as `UTF-8` or `ANSI_X3.4-1968`.
  ///
  /// Sets the process's locale for characters, which ncurses also depends on; empty is the user's.
  package static func current(locale: String = "") -> String {
    setlocale(LC_CTYPE, locale)
    guard let name = nl_langinfo(nl_item(CODESET)) else { return "" }
    return String(cString: name)
  }
}
