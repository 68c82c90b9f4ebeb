/// Text in which a terminal finds nothing to obey: ``Printable`` alone makes it.
///
/// Every text that is a `String` may come from a log and hold anything. What a command says takes this type, and what a
/// view draws becomes a ``Glyph``, so that no text gets past ``Printable``.
package struct PrintableText: Sendable, Hashable, CustomStringConvertible {
  package let description: String

  fileprivate init(_ description: String) { self.description = description }
}

extension Printable {
  /// One line: newlines in it are shown, not obeyed.
  package static func line(_ text: String) -> PrintableText { PrintableText(Self.text(text)) }

  /// Several lines, each made printable.
  package static func lines(_ text: String) -> PrintableText {
    PrintableText(
      text.split(separator: "\n", omittingEmptySubsequences: false).map { Self.text(String($0)) }
        .joined(separator: "\n"))
  }
}
