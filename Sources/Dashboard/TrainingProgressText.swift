internal import CellCanvas
internal import RunLog

/// How far a training is, in a few words: `12% of 400 steps  3m 20s left`.
enum TrainingProgressText {
  static func text(_ progress: TrainingProgress) -> FlexibleText {
    let percent = "\(Int((Double(progress.done) / Double(progress.total) * 100).rounded(.down)))%"
    let isDone = progress.done == progress.total
    let left = isDone ? nil : progress.secondsLeft.map { "\(DurationText.short($0)) left" }
    let full = ["\(percent) of \(progress.total) steps", left].compactMap(\.self).joined(separator: "  ")
    let middle = [percent, left].compactMap(\.self).joined(separator: "  ")
    return FlexibleText([full, middle, percent].map { [TextRun($0, Style(.header))] } + [[]])
  }
}
