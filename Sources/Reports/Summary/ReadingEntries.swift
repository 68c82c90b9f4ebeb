internal import RunLog
internal import RunModel

/// How the logs of a run were read.
extension RunSummary {
  package struct SourceEntry: Sendable, Encodable {
    package var path: String
    @OrNull package var dialect: String?
    /// `nil` for a log that does not consist of lines.
    @OrNull package var lines: Int?
    /// Keys with points that another source of the run gives better, under this spelling or another one.
    package var hiddenKeys: [String]
    /// Why it cannot be read; left out where it can.
    package var problem: String?
  }

  package struct RejectedLine: Sendable, Encodable {
    package var line: Int
    package var reason: String
    /// The file, where the run has several; else left out.
    package var file: String?
  }

  package struct RejectedReason: Sendable, Encodable {
    package var reason: String
    package var count: Int
    /// Where the first of them are, such as `line 7`.
    package var examples: [String]
  }

  package struct RestartEntry: Sendable, Encodable {
    package var line: Int
    package var fromStep: Int
    package var toStep: Int
    /// The file of the line, where the run has several; else left out.
    package var file: String?
  }

  package struct NoticeEntry: Sendable, Encodable {
    /// Such as `two-writers` or `unused-key`.
    package var kind: String
    package var message: String
    @OrNull package var line: Int?
    /// The file of the line, where the run has several; else left out.
    package var file: String?
  }
}

extension RunSummary.SourceEntry {
  init(_ run: RunModel, source: Int) {
    let status = run.status.sources[source]
    path = status.path
    dialect = status.dialect?.rawValue
    lines = status.dialect?.isBinary == true ? nil : status.lines
    hiddenKeys = run.hiddenKeys(ofSource: source)
    if case .failed(let reason) = status.state { problem = reason }
  }
}

extension RunSummary.NoticeEntry {
  /// What there is to know about the steps, then what was inferred, left out or could not be used.
  static func all(of run: RunModel) -> [RunSummary.NoticeEntry] {
    run.stepNotes.map { Self(kind: $0.kind.rawValue, message: $0.message, line: $0.line, file: $0.file) }
      + run.allLogNotes.map {
        Self(kind: $0.kind.rawValue, message: $0.message, line: $0.line, file: $0.file)
      }
  }
}
