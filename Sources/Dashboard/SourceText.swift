internal import CellCanvas
internal import Curves
internal import RunFeed
internal import RunModel

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
    if watched.run.rows.count == 0 { return text("\(marks.silent) EMPTY", .warning) }
    // A log without times does not tell how old it is.
    guard let last = watched.lastArrival, !isReplay else { return text("\(marks.silent) READ", .note) }
    if watched.isLive(now: context.now) { return text("\(marks.live) LIVE", .good) }
    let silence = context.now - last
    return text(
      "\(marks.silent) SILENT \(DurationText.short(silence))", short: "\(marks.silent) SILENT", .warning)
  }
}
