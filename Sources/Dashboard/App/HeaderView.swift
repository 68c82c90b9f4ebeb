internal import CellCanvas
internal import Curves
internal import RunAnalysis
internal import RunFeed
internal import RunLog
internal import RunModel

/// The first line: run, step, what the source is doing, both models' switches, time.
enum HeaderView {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext)
  {
    grid.fill(rect, with: Cell(.blank, style: Style(.header)))
    let run = runParts(state, context: context)
    let models = ModeText.header(state)
    // What matters most stands at the end; only the step and what the source is doing are never left out for it.
    let verdicts = ScreenVerdict(state)?.texts(columns: rect.columns, glyphs: context.glyphs) ?? []
    guard rect.rows > 1 else {
      return drawLine(run + models, first: 3, verdicts, in: rect, y: rect.y, of: &grid)
    }
    drawLine(run, first: 3, [], in: rect, y: rect.y, of: &grid)
    drawLine(models, first: models.count, verdicts, in: rect, y: rect.y + 1, of: &grid)
  }

  /// - Parameters:
  ///   - first: parts that stay, however short.
  ///   - verdicts: texts for the end of the line, the longest first.
  private static func drawLine(
    _ parts: [FlexibleText], first: Int, _ verdicts: [TextRun], in rect: CellRect, y: Int,
    of grid: inout CellGrid
  ) {
    let gap = rect.columns >= 100 ? 3 : 2
    let widths = parts.prefix(first).map { $0.variants.last?.columns ?? 0 }.filter { $0 > 0 }
    let least = widths.reduce(0, +) + gap * max(0, widths.count - 1)
    let verdict = verdicts.first { least + gap + DisplayWidth.of($0.text) <= rect.columns - 2 }
    let width = verdict.map { DisplayWidth.of($0.text) } ?? 0
    let room = rect.columns - 2 - (width > 0 ? width + gap : 0)
    let runs = FlexibleText.line(parts, in: room, gap: gap)
    grid.write(runs, x: rect.x + 1, y: y, maxColumns: width > 0 ? room : rect.columns - 1)
    if let verdict { grid.write([verdict], x: rect.maxX - 1 - width, y: y, maxColumns: width) }
  }

  private static func runParts(_ state: DashboardState, context: DrawContext) -> [FlexibleText] {
    let header = Style(.header)
    let strong = Style(.header, bold: true)
    let name = Printable.text(state.shown.displayName, glyphs: context.glyphs)
    var parts = [
      FlexibleText([
        [TextRun("kltop", Style(.header)), TextRun("  " + name, strong)],
        [TextRun(DisplayWidth.truncate(name, to: 24, ellipsis: context.glyphs.marks.ellipsis), strong)],
        [TextRun(DisplayWidth.truncate(name, to: 8, ellipsis: context.glyphs.marks.ellipsis), strong)], [],
      ]),
      FlexibleText([[TextRun("step ", header), TextRun("\(state.step)", strong)]]),
      SourceText.state(state, context: context),
    ]
    if let undecided = state.shown.undecidedStep {
      let arrow = context.glyphs.isASCII ? "->" : "→"
      parts.append(
        FlexibleText([
          [TextRun("step went back \(undecided.fromStep) \(arrow) \(undecided.toStep)", .warning)],
          [TextRun("went back \(arrow) \(undecided.toStep)", .warning)], [],
        ]))
    }
    if let progress = state.shown.progress(at: state.step) {
      parts.append(TrainingProgressText.text(progress))
    }
    if let progress = LogitsFilesText.progress(state.shown.logitsFiles) { parts.append(progress) }
    if let rate = state.shown.stepsPerSecond(at: state.step), state.isLive(now: context.now) {
      parts.append(FlexibleText([[TextRun("\(NumberText.short(rate)) steps/s", header)], []]))
    }
    if let elapsed = state.shown.elapsed(at: state.step) {
      let clock = TextRun(DurationText.clock(elapsed), header)
      parts.append(FlexibleText([[TextRun("elapsed ", header), clock], []]))
    }
    return parts
  }
}

/// What the source of the run is doing, in a few words.
enum SourceText {
  static func state(_ state: DashboardState, context: DrawContext) -> FlexibleText {
    let marks = context.glyphs.marks
    if let replay = state.replay, !state.run.isLoading { return replayState(replay, glyphs: context.glyphs) }
    if state.isPaused { return text("\(marks.paused) PAUSED", .warning) }
    return source(of: state.runs.current, isReplay: state.isReplay, context: context)
  }

  /// What the source of one of several runs is doing.
  static func source(of watched: WatchedRun, isReplay: Bool, context: DrawContext) -> FlexibleText {
    let marks = context.glyphs.marks
    switch watched.run.activity {
    case .notOpened: return text("\(marks.silent) NOT READ", .note)
    case .waiting:
      return text("\(marks.silent) WAITING for the file", short: "\(marks.silent) WAITING", .warning)
    case .loading(let bytes, let total): return loading(bytes, of: total, marks: marks)
    case .removed:
      return text("\(marks.silent) REMOVED file is gone", short: "\(marks.silent) REMOVED", .warning)
    case .ended: return text("\(marks.silent) ENDED", .note)
    case .failed(let reason):
      return text(
        "\(marks.no) FAILED \(Printable.text(reason, glyphs: context.glyphs))", short: "\(marks.no) FAILED",
        .error)
    case .upToDate: return upToDate(watched, isReplay: isReplay, context: context)
    }
  }

  private static func text(_ full: String, short: String? = nil, _ role: StyleRole) -> FlexibleText {
    FlexibleText([full, short ?? full].map { [TextRun($0, role, bold: true)] })
  }

  private static func replayState(_ replay: ReplayPlayer, glyphs: GlyphSet) -> FlexibleText {
    let marks = glyphs.marks
    let speed = speed(replay, glyphs: glyphs)
    return replay.isPlaying
      ? text("\(marks.playing) REPLAY \(speed)", .good) : text("\(marks.paused) REPLAY \(speed)", .note)
  }

  /// `×2`.
  static func speed(_ replay: ReplayPlayer, glyphs: GlyphSet) -> String {
    (glyphs.isASCII ? "x" : "×") + NumberText.short(replay.speed)
  }

  private static func loading(_ bytes: Int, of total: Int?, marks: MarkGlyphs) -> FlexibleText {
    guard let total, total > 0 else { return text("\(marks.live) READING", .note) }
    let percent = min(100, Int(Double(bytes) / Double(total) * 100))
    let of = "\(DataSizeText.short(bytes)) of \(DataSizeText.short(total))"
    return text("\(marks.live) READING \(percent) %  \(of)", short: "\(marks.live) \(percent) %", .note)
  }

  private static func upToDate(_ watched: WatchedRun, isReplay: Bool, context: DrawContext) -> FlexibleText {
    let marks = context.glyphs.marks
    if !watched.run.hasContent { return text("\(marks.silent) EMPTY", .warning) }
    // A log without times does not tell how old it is.
    guard let last = watched.lastArrival, !isReplay else { return text("\(marks.silent) READ", .note) }
    let state = watched.state(now: context.now)
    let silence = DurationText.short(state.silence ?? context.now - last)
    switch state.word {
    case .finished: return text("\(marks.silent) FINISHED", .good)
    case .failed: return text("\(marks.silent) FAILED", .error)
    case .stalled:
      return text("\(marks.silent) STALLED \(silence)", short: "\(marks.silent) STALLED", .warning)
    case .ended:
      return text(
        "\(marks.silent) ENDED, last written to \(silence) ago", short: "\(marks.silent) ENDED", .note)
    case .running where watched.isLive(now: context.now): return text("\(marks.live) LIVE", .good)
    case .running: return text("\(marks.silent) SILENT \(silence)", short: "\(marks.silent) SILENT", .warning)
    }
  }
}

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

/// How far the files of logits are measured, in a few words; nothing where there is nothing left to do.
enum LogitsFilesText {
  static func progress(_ files: LogitsFilesProgress) -> FlexibleText? {
    if files.queued > 0 {
      let count = "\(files.done) of \(files.done + files.queued) files"
      let speed = files.rate.map { "\(NumberText.short($0 / 1e9, significant: 2)) GB/s" }
      let left = files.secondsLeft.map { "\(DurationText.short($0)) left" }
      return text([count, speed, left].compactMap(\.self).joined(separator: "  "), short: count, .note)
    }
    guard files.waiting > 0 else { return nil }
    let noun = files.waiting == 1 ? "file" : "files"
    return text("waiting for \(files.waiting) logits \(noun)", short: "\(files.waiting) \(noun) open", .note)
  }

  /// Said beside figures that are of a part of the files; `nil` where all are read.
  static func soFar(_ files: LogitsFilesProgress) -> String? {
    files.queued > 0 ? "so far, \(files.done) of \(files.done + files.queued) files" : nil
  }

  private static func text(_ full: String, short: String, _ role: StyleRole) -> FlexibleText {
    FlexibleText([full, short].map { [TextRun($0, role)] } + [[]])
  }
}

/// Sizes in powers of ten.
enum DataSizeText {
  static func short(_ bytes: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(bytes) B" : "\(NumberText.short(value)) \(units[unit])"
  }
}
