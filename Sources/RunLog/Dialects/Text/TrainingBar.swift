/// The progress bar of the training: `  12%|█▏   | 12/100 [00:05<00:40,  2.1it/s]`, without words in front.
///
/// Bars of evaluations lie between; they have another total. A bar is drawn late, so its step is a lower bound.
struct TrainingBar {
  private(set) var step = 0
  private(set) var total: Int?
  private var secondsLeft: Double?

  /// Position of the bar; `nil` before there is one.
  var latest: Int? { total == nil ? nil : step }

  /// How far the training is, once there is a bar.
  var progress: TrainingProgress? {
    total.flatMap { TrainingProgress(done: step, total: $0, secondsLeft: secondsLeft) }
  }

  mutating func note(_ text: String) {
    for part in text.split(separator: "\r") {
      guard let percent = part.firstRange(of: "%|"),
        part[..<percent.lowerBound].allSatisfy({ $0 == " " || $0.isNumber }),
        let bar = part[percent.upperBound...].firstRange(of: "| "),
        let (step, rest) = PrintedNumber.integer(atStartOf: part[bar.upperBound...]), rest.first == "/",
        let (total, tail) = PrintedNumber.integer(atStartOf: rest.dropFirst())
      else { continue }
      if self.total == nil { self.total = total }
      guard self.total == total else { continue }
      self.step = step
      secondsLeft = Self.secondsLeft(tail)
    }
  }

  /// The time behind `<` in ` [00:05<00:40,  2.1it/s]`.
  private static func secondsLeft(_ text: Substring) -> Double? {
    guard let sign = text.firstIndex(of: "<") else { return nil }
    return TrainingProgress.seconds(text[text.index(after: sign)...].prefix { $0 != "," && $0 != "]" })
  }
}
