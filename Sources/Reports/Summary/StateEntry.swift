internal import RunAnalysis
internal import RunModel

/// How a training stands; the property names are the keys of the JSON output.
package struct StateEntry: Sendable, Encodable {
  /// `running`, `finished`, `failed`, `stalled`, or `ended`: silent for so long that it is over, and its log does not say
  /// how it ended.
  package var word: String
  /// What the log says of a failure.
  @OrNull package var reason: String?
  @OrNull package var silentSeconds: Double?
  @OrNull package var usualSilentSeconds: Double?
  @OrNull package var done: Int?
  @OrNull package var total: Int?
  @OrNull package var secondsLeft: Double?
  /// For the text.
  let text: String

  init(_ state: RunState) {
    word = state.word.rawValue
    reason = state.reason
    silentSeconds = state.silence
    usualSilentSeconds = state.usualSilence
    (done, total, secondsLeft) = (state.done, state.total, state.secondsLeft)
    text = state.text
  }

  private enum CodingKeys: CodingKey {
    case word, reason, silentSeconds, usualSilentSeconds, done, total, secondsLeft
  }
}
