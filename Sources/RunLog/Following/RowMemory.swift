/// What the rows of a source that is rewritten as a whole were, so that only those that are new count.
struct RowMemory {
  enum Verdict {
    /// The row was there before.
    case known
    case new
    /// Another row was there before: the source tells another story from here on.
    case other
  }

  private var rows: ContiguousArray<Int> = []
  private var position = 0

  /// The source begins anew.
  mutating func startOver() { position = 0 }

  /// Compares the next row with the one that was at its place; `hash` stands for its content.
  mutating func compare(_ hash: Int) -> Verdict {
    defer { position += 1 }
    guard position < rows.count else {
      rows.append(hash)
      return .new
    }
    if rows[position] == hash { return .known }
    rows.removeSubrange(position...)
    rows.append(hash)
    return .other
  }
}
