#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the user's locale encodes text.
package enum LocaleCodeset {
  /// The name of the encoding, as `UTF-8` or `ANSI_X3.4-1968`.
  ///
  /// Sets the process's locale for characters, which ncurses also depends on; empty is the user's, and where the
  /// environment names none, as in a bare container, it is UTF-8: terminals that are not have become rare.
  package static func current(locale: String = "") -> String {
    if !locale.isEmpty || isNamedByEnvironment || setlocale(LC_CTYPE, "C.UTF-8") == nil {
      setlocale(LC_CTYPE, locale)
    }
    guard let name = nl_langinfo(nl_item(CODESET)) else { return "" }
    return String(cString: name)
  }

  private static var isNamedByEnvironment: Bool {
    ["LC_ALL", "LC_CTYPE", "LANG"].contains { (variable: String) in
      getenv(variable).map { !String(cString: $0).isEmpty } ?? false
    }
  }
}
