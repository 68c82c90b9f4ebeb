import ArgumentParser
import CellCanvas

/// Forms of a report.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

/// Keys and texts of a log are hostile until made printable.
enum PrintableText {
  /// Several lines, each made printable.
  static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { Printable.text(String($0)) }
      .joined(separator: "\n")
  }
}
