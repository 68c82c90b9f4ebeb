internal import RunLog
package import RunModel

/// How a training stands: one of five words, and what is known beside it.
package struct RunState: Sendable, Hashable {
  package enum Word: String, Sendable, Hashable, CaseIterable {
    case running
    /// Its log says so, or nothing more can come.
    case finished
    /// Its log says that it ended before it was done.
    case failed
    /// Nothing was written for far longer than usual.
    case stalled
    /// Nothing was written for so long before anybody looked that it has ended, and its log does not say how.
    case ended
  }

  package var word: Word
  /// Nothing more is expected of it.
  package var isOver: Bool { word == .finished || word == .failed || word == .ended }
  /// What the log says of its end.
  package var reason: String?
  /// Seconds since something was last written; `nil` where nothing tells when that was.
  package var silence: Double?
  /// Seconds of silence that are usual between two records.
  package var usualSilence: Double?
  /// Steps done and planned, where the log or the run's folder says it.
  package var done: Int?
  package var total: Int?
  /// Seconds until the planned steps are done, while it runs.
  package var secondsLeft: Double?

  /// A run is stalled that is silent for so many times its median silence …
  private static let mostMedians = 5.0
  /// … and its longest one …
  private static let mostLongest = 2.0
  /// … and for so many seconds.
  private static let leastSilence = 60.0
  /// A run that was silent for so many seconds before anybody looked is an archive.
  private static let oldSilence = 3600.0

  /// - Parameters:
  ///   - now: seconds since 1970.
  ///   - arrivals: when records came, for a log that has no times.
  ///   - stall: seconds of silence from which on it is stalled, where the user says it.
  package init(of run: RunModel, now: Double, arrivals: WritingGaps = WritingGaps(), stall: Double? = nil) {
    let gaps = run.hasTimes ? run.gaps : arrivals
    let written = [run.hasTimes ? run.gaps.last ?? run.lastWritten : run.lastWritten, arrivals.last]
    silence = written.compactMap(\.self).max().map { max(0, now - $0) }
    usualSilence = gaps.median
    let progress = run.progress(at: .max)
    (done, total) = (progress?.done, progress?.total)
    if let end = run.end ?? run.notedEnd {
      word = end.isFailure ? .failed : .finished
      reason = end.isFailure ? [end.status, end.reason].compactMap(\.self).joined(separator: ": ") : nil
    } else if let process = run.endedProcess {
      word = process.status == 0 ? .finished : .failed
      reason = process.status == 0 ? nil : "exit status \(process.status)"
    } else if run.hasEnded || progress.map({ $0.done >= $0.total }) == true {
      word = .finished
    } else {
      let limit =
        stall
        ?? max(Self.leastSilence, Self.mostMedians * (gaps.median ?? 0), Self.mostLongest * gaps.longest)
      // What stopped while it was watched, or a short time ago, somebody can still do something about.
      let isOld = stall == nil && arrivals.last == nil && (silence ?? 0) > max(limit, Self.oldSilence)
      word = silence.map { $0 > limit } == true ? isOld ? .ended : .stalled : .running
    }
    guard word == .running, let progress else { return }
    secondsLeft = progress.secondsLeft ?? Self.secondsLeft(of: progress, in: run)
  }

  /// By the present speed.
  private static func secondsLeft(of progress: TrainingProgress, in run: RunModel) -> Double? {
    guard let last = run.lastStep, let rate = run.stepsPerSecond(at: last), rate > 0 else { return nil }
    return Double(progress.total - progress.done) / rate
  }
}

extension RunState {
  /// `running, step 120 of 400, 00:03:12 left`.
  package var text: String {
    let steps = done.flatMap { done in total.map { "step \(done) of \($0)" } }
    let rest: [String?] =
      switch word {
      case .running: [secondsLeft.map { "\(Self.clock($0)) left" }]
      case .finished: []
      case .failed: [reason]
      case .ended: [silence.map { "last written to \(Self.clock($0)) ago" }]
      case .stalled:
        [
          silence.map { "silent for \(Self.clock($0))" },
          usualSilence.map { "usually \(SentenceNumber.text($0)) s" },
        ]
      }
    return ([word == .ended ? "ended without saying so" : word.rawValue, steps] + rest).compactMap(\.self)
      .joined(separator: ", ")
  }

  /// `01:02:03`.
  private static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e12 else { return "very long" }
    if seconds >= 172_800 { return "\(Int(seconds / 86_400)) days" }
    let whole = Int(seconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(whole / 3600)):\(two(whole / 60 % 60)):\(two(whole % 60))"
  }

  /// What a stalled or failed run is told as, beside what its records say.
  package func findings(of run: RunModel) -> [Finding] {
    guard word == .stalled else { return [] }
    let usual = usualSilence.map { ", usually \(SentenceNumber.text($0)) s pass between two records" } ?? ""
    return [
      Finding(
        severity: FindingCode.stalled.severity, code: .stalled, step: run.lastStep ?? 0, count: 1,
        message:
          "nothing was written for \(silence.map(Self.clock) ?? "long")\(usual): the training hangs, waits or is gone; look at its process and its output"
      )
    ]
  }
}
