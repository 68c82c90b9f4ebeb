package import LogitsFiles
package import RunLog

/// What became of one file of logits.
package struct LogitsFileNews: Sendable {
  /// Where the file was heard of.
  package enum Source: Sendable, Hashable {
    /// A record names it: the number of the request.
    case request(Int)
    /// It lies in the run's `logits` folder, and no record names any file.
    case folder(step: Int)
    /// Files of rows, which say everything themselves; the number of the request of a record that names them.
    case rows(step: Int, request: Int?)
  }

  package enum Outcome: Sendable {
    case measured(ComparedLogitsFile)
    /// It is not there yet, or still being written; one phrase.
    case waiting(String)
    /// One phrase that says why it cannot be used.
    case unusable(String)
    /// Another file of its step is used in its place; one phrase that says why.
    case replaced(String)
  }

  package var source: Source
  package var path: String
  package var outcome: Outcome
  package var progress: LogitsFilesProgress

  package init(source: Source, path: String, outcome: Outcome, progress: LogitsFilesProgress) {
    self.source = source
    self.path = path
    self.outcome = outcome
    self.progress = progress
  }
}

/// What the logits of one file came to.
package struct ComparedLogitsFile: Sendable {
  /// The samples of one phase and set.
  package struct Part: Sendable {
    /// Whose they are; nil where the record that names the file says it.
    package var probe: ProbeKey?
    /// How the models stood, where the file says it.
    package var modes: ModelModes?
    package var samples: [ComparedSample]
    /// Estimates from targets that were sampled; empty where none were.
    var tokens: [TokenEvidence] = []
    /// What the samples come to, where that was added up with them.
    var sums: ConventionSums?

    package init(probe: ProbeKey? = nil, modes: ModelModes? = nil, samples: [ComparedSample]) {
      self.probe = probe
      self.modes = modes
      self.samples = samples
    }
  }

  package var parts: [Part]
  /// How many files of ranks are there, where some are missing.
  package var shards: ShardCount?
  /// The checkpoint that was measured, where rows name one; hostile until made printable.
  var checkpoint: String?
  /// V.
  package var vocabulary: Int
  /// What other quantities come to; `nil` where nobody asks, or it would take too long.
  var quantities: LogitsQuantities?
  /// How far the reference moved since each row was first seen; `nil` where nobody asks.
  var shift: ReferenceShift?

  package init(parts: [Part], vocabulary: Int) {
    self.parts = parts
    self.vocabulary = vocabulary
  }

  package var samples: [ComparedSample] { parts.flatMap(\.samples) }
}

/// How far the measuring of a run's files of logits has come.
package struct LogitsFilesProgress: Sendable, Hashable {
  /// Files that are done, used or not.
  package var done = 0
  /// Files that could be measured now.
  package var queued = 0
  /// Files that are not there yet, or still being written.
  package var waiting = 0
  /// Bytes of the files that were measured, and of those that could be.
  package var bytesDone = 0
  package var bytesQueued = 0
  /// Seconds of measuring.
  package var seconds = 0.0

  package init() {}

  /// Bytes a second, nil before anything was measured.
  package var rate: Double? { bytesDone > 0 && seconds > 0 ? Double(bytesDone) / seconds : nil }

  /// Seconds that the queued files will take, nil before anything was measured.
  package var secondsLeft: Double? { rate.map { Double(bytesQueued) / $0 } }
}
