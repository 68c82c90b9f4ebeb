internal import CellCanvas
internal import RunLog
internal import RunModel

/// What a sample asks, and how both models go on, one below the other with the first difference marked.
struct SampleTextLines {
  var prompt: String?
  var completion: SampleCompletion?
  var glyphs: GlyphSet

  private static let labelColumns = 7

  /// At most three lines in `columns` columns.
  func lines(columns: Int) -> [[TextRun]] {
    let room = columns - Self.labelColumns
    guard room >= 16 else { return [] }
    var lines: [[TextRun]] = []
    if let prompt, !prompt.isEmpty { lines.append(label("prompt") + [TextRun(ending(prompt, room))]) }
    guard let completion else { return lines }
    let base = completion.reference.map { Printable.text($0, glyphs: glyphs) }
    let tuned = completion.policy.map { Printable.text($0, glyphs: glyphs) }
    guard let base, let tuned else {
      if let base { lines.append(line("base", base[...], same: 0, .reference, room)) }
      if let tuned { lines.append(line("tuned", tuned[...], same: 0, .policy, room)) }
      return lines
    }
    if base == tuned {
      let text = DisplayWidth.truncate(base, to: room, ellipsis: glyphs.marks.ellipsis)
      return lines + [label("both") + [TextRun(text)]]
    }
    let same = zip(base, tuned).prefix { $0 == $1 }.count
    return lines + [
      line("base", base[...], same: same, .reference, room),
      line("tuned", tuned[...], same: same, .policy, room),
    ]
  }

  private func label(_ text: String) -> [TextRun] {
    [TextRun(DisplayWidth.pad(text, to: Self.labelColumns), .faint)]
  }

  /// A text from which the first characters are those of the other one: they are faint, what differs is not.
  private func line(
    _ name: String, _ text: Substring, same: Int, _ role: StyleRole, _ room: Int
  ) -> [TextRun] {
    // Of a long common beginning the end is enough, so that the difference is to be seen.
    let shown = min(same, room / 3)
    let isCut = shown < same
    let common = String(text.dropFirst(same - shown).prefix(shown))
    let start = (isCut ? glyphs.marks.ellipsis : "") + common
    let rest = DisplayWidth.truncate(
      String(text.dropFirst(same)), to: max(1, room - DisplayWidth.of(start)), ellipsis: glyphs.marks.ellipsis
    )
    let difference = rest.isEmpty ? "(ends)" : rest
    return label(name) + [
      TextRun(start, .faint),
      TextRun(String(difference.prefix(1)), Style(role, bold: true, underlined: true)),
      TextRun(String(difference.dropFirst()), role),
    ]
  }

  /// The end of a text: what comes right before the first token that counts.
  private func ending(_ text: String, _ room: Int) -> String {
    let printable = Printable.text(text, glyphs: glyphs)
    guard DisplayWidth.of(printable) > room else { return printable }
    var tail = ""
    for character in printable.reversed() {
      guard DisplayWidth.of(String(character) + tail) < room else { break }
      tail = String(character) + tail
    }
    return glyphs.marks.ellipsis + tail
  }
}
