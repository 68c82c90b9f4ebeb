/// What kind of log a source is, recognised from its content.
package enum Dialect: String, Sendable, Hashable, CaseIterable {
  /// Some line has `event`, `phase`, `mode`, a `logits…` or a `ref_…` key.
  case native = "kltop-jsonl"
  /// Any other JSON objects, one a line.
  case jsonl = "jsonl"
}
