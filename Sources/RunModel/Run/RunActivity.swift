internal import Curves
internal import RunLog

/// What the source of a run is doing.
package enum RunActivity: Sendable, Hashable {
  /// The run is listed, and nothing reads it.
  case notOpened
  /// The path does not exist yet.
  case waiting
  /// There is more to read right now; the total is unknown for a pipe.
  case loading(bytesRead: Int, bytesTotal: Int?)
  /// All that is there has been read; more may come.
  case upToDate
  /// The file was there and is gone; what was read stays.
  case removed
  /// End of standard input.
  case ended
  /// The source cannot be read: one line that says why.
  case failed(String)

  init(_ status: ReadStatus) {
    self =
      switch status.source {
      case .waitingForFile: .waiting
      case .reading: .loading(bytesRead: status.bytesRead, bytesTotal: status.bytesTotal)
      case .upToDate: .upToDate
      case .removed: .removed
      case .ended: .ended
      case .failed(let reason): .failed(reason)
      }
  }
}

extension RunModel {
  /// True while there is more to read right now, of its log or of one that is not opened yet.
  package var isReading: Bool { status.source == .reading }

  /// True once nothing more can come.
  package var hasEnded: Bool { status.source == .ended }

  /// True once there is a record, or rows of logits without a log.
  package var hasContent: Bool { rows.count > 0 || !divergences.isEmpty }

  package var activity: RunActivity {
    guard isOpened else { return .notOpened }
    // A folder of rows or logits is a run without a log.
    return status.source == .waitingForFile && !divergences.isEmpty ? .upToDate : RunActivity(status)
  }
}
