import CellCanvas
import RunFeed
import RunModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How far a long computation is, in one line of a terminal on standard error that is written over and over.
struct ProgressLine {
  private let started = SystemClock.secondsSince1970()
  private let isTerminal = isatty(2) == 1
  private var lastShown = 0.0
  private var isShown = false

  /// Seconds before the first line, and between two.
  private static let pause = 0.5

  /// Shows the progress, if it is time to.
  mutating func show(_ progress: LogitsProgress) {
    let now = SystemClock.secondsSince1970()
    guard isTerminal, now - max(lastShown, started) > Self.pause else { return }
    lastShown = now
    isShown = true
    StandardError.replaceLine(with: Printable.line(progress.text(seconds: now - started)))
  }

  /// Takes the line away.
  mutating func clear() {
    if isShown { StandardError.replaceLine(with: nil) }
    isShown = false
  }
}
