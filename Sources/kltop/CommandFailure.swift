import ArgumentParser
import CellCanvas
import RunFeed
import SystemPackage

/// Exit statuses, after sysexits.h.
enum ExitStatus {
  /// A check that did not hold.
  static let checkFailed = ExitCode(1)
  /// A check that had nothing to judge.
  static let nothingToJudge = ExitCode(2)
  static let unusableData = ExitCode(65)
  static let noInput = ExitCode(66)
  /// Standard output cannot be written to.
  static let outputFailed = ExitCode(74)
}

/// One line on standard error: what, where, and what to do.
enum StandardError {
  static func say(_ line: String) { say(Printable.line("kltop: \(line)")) }

  static func say(_ text: PrintableText) { put("\(text)\n") }

  /// Puts a text in the place of the line that the cursor is in; nothing takes the line away.
  static func replaceLine(with text: PrintableText?) { put("\r\u{1B}[K\(text?.description ?? "")") }

  private static func put(_ text: String) {
    // Nothing can be done about a standard error that cannot be written to.
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }
}

/// What a loading run gives; where it cannot be loaded, says why on standard error and ends with the status for that.
func loaded<Value>(_ load: () throws(LoadingProblem) -> Value) throws(ExitCode) -> Value {
  do throws(LoadingProblem) {
    return try load()
  } catch {
    StandardError.say("\(error)")
    if case .noLog = error { throw ExitStatus.noInput }
    throw ExitStatus.unusableData
  }
}
