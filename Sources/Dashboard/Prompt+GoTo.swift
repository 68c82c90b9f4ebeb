internal import Curves

extension Prompt {
  /// Asks where a replay should go.
  static let goTo = Prompt(
    label: "go to", help: "a step, 35%, start or end",
    accepted: { state, text, _ in
      guard let step = ReplayPosition.step(text, in: state.steps) else {
        return "write a step such as 1200, a percentage such as 35%, start or end"
      }
      state.seek(to: step)
      return nil
    })
}

/// A place in a run as a user writes it.
enum ReplayPosition {
  /// The step that is meant; `nil` for what is no place. A step beyond an end is that end.
  static func step(_ text: String, in steps: ClosedRange<Int>) -> Int? {
    let word = text.lowercased().filter { $0 != " " && $0 != "_" && $0 != "," }
    if word == "start" || word == "begin" { return steps.lowerBound }
    if word == "end" { return steps.upperBound }
    if word.hasSuffix("%") {
      guard let percent = Double(word.dropLast()), (0...100).contains(percent) else { return nil }
      return step(atShare: percent / 100, of: steps)
    }
    return Int(word).map { min(max($0, steps.lowerBound), steps.upperBound) }
  }

  /// - Parameter share: 0 is the first step, 1 the last.
  static func step(atShare share: Double, of steps: ClosedRange<Int>) -> Int {
    let step = Int(nearest: Double(steps.lowerBound) + min(max(share, 0), 1) * steps.span)
    return min(max(step, steps.lowerBound), steps.upperBound)
  }

  /// Where a step lies, 0 … 1; 1 in a run of one step.
  static func share(of step: Int, in steps: ClosedRange<Int>) -> Double {
    steps.span > 0 ? (Double(step) - Double(steps.lowerBound)) / steps.span : 1
  }
}
