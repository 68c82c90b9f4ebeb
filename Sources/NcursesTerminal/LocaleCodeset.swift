#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the user's locale encodes text.
package enum LocaleCodeset {
  /// The name of the encoding, as `UTF-8` or `ANSI_X3.4-1968`.
  ///
  /// Sets the process's locale for characters from the environment, which ncurses also depends on.
  package static func current() -> String {
    setlocale(LC_CTYPE, "")
    guard let name = nl_langinfo(nl_item(CODESET)) else { return "" }
    return String(cString: name)
  }
}
