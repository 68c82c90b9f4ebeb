import ArgumentParser
import CellCanvas
import SystemPackage

/// What a command has to say.
enum StandardOutput {
  /// Writes a text and a newline.
  ///
  /// - Throws: an exit status where it cannot be written (a full disk), after saying so on standard error.
  static func say(_ text: PrintableText) throws { try put(encoded: text.description + "\n") }

  /// Writes a text of a form that has escapes of its own, and a newline.
  static func say(encoded text: String) throws { try put(encoded: text + "\n") }

  /// Writes a text of a form that has escapes of its own: JSON, CSV, a frame that was drawn.
  ///
  /// - Throws: as ``say(_:)``.
  static func put(encoded text: String) throws {
    do {
      try FileDescriptor.standardOutput.writeAll(text.utf8)
    } catch {
      StandardError.say("cannot write the output: \(error)")
      throw ExitStatus.outputFailed
    }
  }
}
