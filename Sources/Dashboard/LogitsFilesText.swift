internal import CellCanvas
internal import RunModel

/// How far the files of logits are measured, in a few words; nothing where there is nothing left to do.
enum LogitsFilesText {
  static func progress(_ files: LogitsFilesProgress) -> FlexibleText? {
    if files.queued > 0 {
      let count = "logits \(files.done)/\(files.done + files.queued)"
      let speed = files.rate.map { "\(NumberText.short($0 / 1e9, significant: 2)) GB/s" }
      let left = files.secondsLeft.map { "\(DurationText.short($0)) left" }
      return text([count, speed, left].compactMap(\.self).joined(separator: "  "), short: count, .note)
    }
    guard files.waiting > 0 else { return nil }
    let noun = files.waiting == 1 ? "file" : "files"
    return text("waiting for \(files.waiting) logits \(noun)", short: "\(files.waiting) \(noun) open", .note)
  }

  private static func text(_ full: String, short: String, _ role: StyleRole) -> FlexibleText {
    FlexibleText([full, short].map { [TextRun($0, role)] } + [[]])
  }
}
