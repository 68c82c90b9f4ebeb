import CellCanvas

extension Printable {
  /// Each line made printable: keys, names and texts of a file are hostile.
  static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { Printable.text(String($0)) }
      .joined(separator: "\n")
  }
}
