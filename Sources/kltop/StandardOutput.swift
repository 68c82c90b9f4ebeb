import ArgumentParser
import SystemPackage

/// What a command has to say.
enum StandardOutput {
  /// Writes a text and a newline.
  ///
  /// - Throws: an exit status where it cannot be written (a full disk), after saying so on standard error.
  static func say(_ text: String) throws { try put(text + "\n") }

  /// As ``say(_:)`` without the newline.
  static func put(_ text: String) throws {
    do {
      try FileDescriptor.standardOutput.writeAll(text.utf8)
    } catch {
      StandardError.say("cannot write the output: \(error)")
      throw ExitStatus.outputFailed
    }
  }
}
