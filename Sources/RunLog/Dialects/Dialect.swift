/// What kind of log a source is, recognised from its content.
///
/// Each kind is named in the file of its decoder; the table of dialects has them all.
package struct Dialect: RawRepresentable, Sendable, Hashable {
  /// What it is called in JSON and by `--dialect`.
  package let rawValue: String

  init(_ name: String) { rawValue = name }
}
