/// Finds keys that count steps of their own, beside those of the lead: the rollouts of a training, say.
///
/// Such a stream rises by itself far below (or above) the lead, at steps that the lead does not have. A late evaluation
/// stands at steps of the training and stays near it.
struct StepCounters: Sendable {
  private struct Stream: Sendable {
    var last: Int
    /// Rows in a row that rose far away from the lead.
    var far = 0
    var isTold = false
  }

  private var streams: [Int: Stream] = [:]
  /// One was found.
  private(set) var isUsed = false

  private static let decisiveRows = 3
  /// Leads of fewer steps have no rhythm yet.
  private static let fewSteps = 3
  private static let mostStreams = 256

  init() {}

  /// Takes in a row without the lead; true where its keys turn out to count by themselves.
  ///
  /// - Parameter keys: tells which keys the row has.
  mutating func note(_ step: Int, keys: Int, lead: StepRuns) -> Bool {
    guard let last = lead.last, lead.count >= Self.fewSteps else { return false }
    guard streams[keys] != nil || streams.count < Self.mostStreams else { return false }
    var stream = streams[keys] ?? Stream(last: .min)
    let isFar = Double(step) < Double(last) / 2 || Double(step) > 2 * Double(last)
    if step == stream.last { return false }
    stream.far = isFar && step > stream.last && !lead.contains(step) ? stream.far + 1 : 0
    stream.last = step
    let isFound = stream.far >= Self.decisiveRows && !stream.isTold
    if isFound {
      stream.isTold = true
      isUsed = true
    }
    streams[keys] = stream
    return isFound
  }
}
