/// How far a training is, as its trainer says.
package struct TrainingProgress: Sendable, Hashable {
  /// Steps done.
  package var done: Int
  /// Steps planned; at least 1.
  package var total: Int
  /// Seconds that the trainer still expects; `nil` where it does not say.
  package var secondsLeft: Double?

  /// `nil` for numbers that make no sense.
  package init?(done: Int, total: Int, secondsLeft: Double? = nil) {
    guard total > 0, (0...total).contains(done) else { return nil }
    self.done = done
    self.total = total
    self.secondsLeft = secondsLeft
  }

  /// Seconds of `40`, `02:30`, `1:02:30` or `2 days, 1:02:30`; `nil` for all else, as tqdm's `?`.
  package static func seconds(_ text: some StringProtocol) -> Double? {
    let words = text.split { $0 == " " || $0 == "," }
    var days = 0.0
    guard let clock = words.last else { return nil }
    if words.count == 3, words[1].hasPrefix("day") {
      guard let count = Int(words[0]), count >= 0 else { return nil }
      days = Double(count)
    } else if words.count != 1 {
      return nil
    }
    var seconds = 0.0
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count) else { return nil }
    for part in parts {
      guard let number = Int(part), number >= 0 else { return nil }
      seconds = seconds * 60 + Double(number)
    }
    return days * 86400 + seconds
  }
}
