/// What the user asks for that only the main loop can do.
package enum ScreenRequest: Sendable, Hashable {
  /// Put the frame into the clipboard, as text.
  case copyFrame
  /// Write the frame into a file, as a picture.
  case saveFrame
}

/// One line that is shown for a while where the hints are.
package struct Notice: Sendable, Hashable {
  package var text: String
  /// When it goes, seconds since 1970.
  package var end: Double

  /// Seconds to read a line.
  static let duration = 6.0
}

extension DashboardState {
  /// Takes over what the user asked for since the last time.
  package mutating func takeRequests() -> [ScreenRequest] {
    defer { requests = [] }
    return requests
  }

  /// Shows a line for a while.
  package mutating func tell(_ text: String, now: Double) {
    notice = Notice(text: text, end: now + Notice.duration)
  }
}
