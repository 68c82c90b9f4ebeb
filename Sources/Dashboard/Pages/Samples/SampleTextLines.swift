internal import CellCanvas
internal import RunLog
internal import RunModel

/// What a sample asks, and how both models go on, one below the other with the first difference marked.
struct SampleTextLines {
  var prompt: String?
  var completion: SampleCompletion?
  var glyphs: GlyphSet

  private static let labelColumns = 7

  /// Two texts stand beside each other from this width on.
  private static let beside = 60

  /// The prompt in a line, and both continuations beside each other in at most `rows` lines, or below each other.
  func lines(columns: Int, rows: Int) -> [[TextRun]] {
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
    if columns >= Self.beside, rows > 1 {
      return lines + beside(base, tuned, same: same, columns, rows: rows)
    }
    return lines + [
      line("base", base[...], same: same, .reference, room),
      line("tuned", tuned[...], same: same, .policy, room),
    ]
  }

  /// Both texts wrapped, the base model's at the left.
  private func beside(_ base: String, _ tuned: String, same: Int, _ columns: Int, rows: Int) -> [[TextRun]] {
    let width = (columns - 3) / 2
    // Of a long common beginning the end is enough, so that the difference is to be seen.
    let skipped = same > width ? same - width / 2 : 0
    let left = wrapped(base, from: skipped, same: same, .reference, width, rows: rows)
    let right = wrapped(tuned, from: skipped, same: same, .policy, width, rows: rows)
    let separator = TextRun(glyphs.isASCII ? " | " : " │ ", .faint)
    let heading: [TextRun] = [
      TextRun(DisplayWidth.pad("base says", to: width), .reference), separator,
      TextRun("tuned says", .policy),
    ]
    return [heading]
      + (0..<max(left.count, right.count)).map { index in
        let cell = index < left.count ? left[index] : []
        let blank = TextRun(String(repeating: " ", count: max(0, width - cell.columns)))
        return cell + [blank, separator] + (index < right.count ? right[index] : [])
      }
  }

  /// A text in lines of `columns` columns: what both say is faint, the first difference marked.
  private func wrapped(
    _ text: String, from skipped: Int, same: Int, _ role: StyleRole, _ columns: Int, rows: Int
  ) -> [[TextRun]] {
    var characters = text.dropFirst(skipped).enumerated().map { index, character in
      let place = skipped + index
      let style =
        place < same ? Style.faint : Style(role, bold: place == same, underlined: place == same)
      return TextRun(String(character), style)
    }
    if skipped > 0 { characters.insert(TextRun(glyphs.marks.ellipsis, .faint), at: 0) }
    if same >= text.count { characters += "(ends)".map { TextRun(String($0), Style(role, bold: true)) } }
    var lines: [[TextRun]] = [[]]
    var used = 0
    for (index, run) in characters.enumerated() {
      let width = DisplayWidth.of(run.text)
      if used + width > columns {
        guard lines.count < rows else {
          lines[lines.count - 1] = cut(lines[lines.count - 1], isMore: index < characters.count, columns)
          break
        }
        lines.append([])
        used = 0
      }
      if let last = lines[lines.count - 1].last, last.style == run.style {
        lines[lines.count - 1][lines[lines.count - 1].count - 1].text += run.text
      } else {
        lines[lines.count - 1].append(run)
      }
      used += width
    }
    return lines
  }

  /// The last line that has room, with a sign that the text goes on.
  private func cut(_ line: [TextRun], isMore: Bool, _ columns: Int) -> [TextRun] {
    guard isMore, let last = line.last else { return line }
    let room = columns - line.dropLast().columns
    let text = DisplayWidth.truncate(last.text + "…", to: room, ellipsis: glyphs.marks.ellipsis)
    return line.dropLast() + [TextRun(text, last.style)]
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
