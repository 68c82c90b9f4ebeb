/// What a log says in words, and what was inferred, left out or could not be used when it was read.
struct RunRemarks: Sendable {
  /// Last value of every string key, as it stood in the log.
  private(set) var texts: [String: String] = [:]
  var rejections = Rejections()
  var rejectionHistory = RejectionHistory()
  var logNotes = LogNotes()
  /// What sources told of their steps.
  var oddities: [FoundOddity] = []

  /// A log with more string keys than this keeps the first ones: they are only shown.
  private static let keptTexts = 256

  mutating func note(text: String, of key: String) {
    guard texts[key] != nil || texts.count < Self.keptTexts else { return }
    texts[key] = text
  }

  mutating func reject(line: Int, reason: String, file: String?, rowsBefore: Int) {
    rejectionHistory.add(line: line, reason: reason, file: file, rowsBefore: rowsBefore)
    rejections = rejectionHistory.current
  }

  mutating func forgetRejections(ofFile file: String?, rowsBefore: Int) {
    rejectionHistory.forget(file: file, rowsBefore: rowsBefore)
    rejections = rejectionHistory.current
  }
}
