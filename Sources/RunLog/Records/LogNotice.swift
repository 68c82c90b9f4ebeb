package import FileAccess

/// Something that happened to a source beside its records, in its place between them.
package struct LogNotice: Sendable, Hashable {
  /// Number of records of the batch that come before the notice.
  package var position: Int
  /// Line of the file, from 1.
  package var line: Int
  package var kind: Kind

  package enum Kind: Sendable, Hashable {
    /// A line, or half of one, that is no record; the reason is one phrase.
    case rejected(reason: String)
    /// Logits, log-probabilities, targets, … of a record that cannot be used; the rest of its line stands, and the line
    /// is not counted as rejected. The reason is one phrase. The record, if the line says anything else, comes next.
    case unusable(reason: String)
    /// The file shrank or was replaced and is read again from its start: a restart, line numbers begin anew.
    case startedOver(StartOver)
    /// `{"event":"run",…}`: what the log says about the run as a whole.
    case run(RunDescription)
    /// The program that writes the log ended, as it says.
    case ended(TrainingEnd)
    /// The source is the output of a program: its lines so far were no records, but they are not rejected.
    case printedOutput
    /// Steps are known better now: everything of the source comes again.
    case stepsRevised
    /// How far the training is.
    case progress(TrainingProgress)
    /// Values of a key that are no numbers: durations, empty texts, switches, long lists. Told once for each key, with
    /// one of the values as it stood in the log.
    case unusedKey(String, value: String)
    /// Something that was inferred or left out, and that a reader of the curves should know: one sentence.
    case remark(String)
    /// Scores of an evaluation that names no checkpoint: the record that comes next is taken for the start of tuning. What
    /// was evaluated, as it stood in the log.
    case checkpointUnknown(model: String)
    /// A session of the trainer starts at a step: what it logged from that step on does not count any more.
    case sessionStarted(step: Int)
    /// The source went back: its last records, and what comes, replace what it said before. The line is that of the
    /// first of them.
    case restarted(StepRestart)
    /// Steps that are not what they seem.
    case stepOddity(StepOddity)
  }

  package init(position: Int, line: Int, kind: Kind) {
    self.position = position
    self.line = line
    self.kind = kind
  }
}

/// How a training ended, as a tracker noted it.
package struct TrainingEnd: Sendable, Hashable {
  /// Such as `finished`, `failed` or `killed`.
  package var status: String
  /// What else is known of it: `exit code 1`.
  package var reason: String?
  /// Seconds since 1970, where the tracker says when.
  package var time: Double?

  package init(status: String, reason: String? = nil, time: Double? = nil) {
    (self.status, self.reason, self.time) = (status, reason, time)
  }

  init(exitCode: Int) {
    self.init(
      status: exitCode == 0 ? "finished" : "failed", reason: exitCode == 0 ? nil : "exit code \(exitCode)")
  }
}

/// What a log says about its run as a whole; every part is optional.
package struct RunDescription: Sendable, Hashable {
  package var name: String?
  /// Names of the V classes, by index.
  package var classes: [String]?
  /// λ of the objective: total = fine-tune + s·λ·KL.
  package var lambda: Double?
  /// s of the objective, as the log claims it: `+` or `-`.
  package var sign: String?
  /// Steps that are planned.
  package var totalSteps: Int?
  /// What the training was set to, by key, as the log has it.
  package var configuration: [String: String] = [:]
  /// Where it says so, as a screen names it.
  package var configurationSource = "run record"

  package init(name: String? = nil, classes: [String]? = nil, lambda: Double? = nil, sign: String? = nil) {
    self.name = name
    self.classes = classes
    self.lambda = lambda
    self.sign = sign
  }
}
