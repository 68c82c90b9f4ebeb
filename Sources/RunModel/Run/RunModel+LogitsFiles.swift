internal import Curves
internal import LogitsFiles
internal import RunLog

extension RunModel {
  /// Notes that the logits of a record are in a file, which is measured apart.
  mutating func expect(_ request: LogitsFileRequest, record: Record, batch: RecordBatch) {
    let logged = loggedKLs(of: record, set: request.set, batch: batch)
    pendingFiles.add(
      PendingLogitsFiles.Record(
        probe: ProbeKey(phase: record.phase, set: request.set), step: record.step, logged: logged.stated,
        policyInEvalMode: record.modes.policy == .eval,
        loggedKLs: logged.entries.map { AuditRecord.LoggedKL(series: $0.series, value: $0.value) },
        modes: record.modes, row: rows.count - 1),
      id: request.id)
  }

  /// Takes in what became of a file of logits.
  package mutating func apply(_ news: LogitsFileNews) {
    logitsFiles = news.progress
    guard let record = record(of: news.source) else { return }
    switch news.outcome {
    case .measured(let file):
      finish(news)
      missingShards[record.step] = file.shards.map(\.text)
      if let path = file.checkpoint { note([SavedCheckpoint(step: record.step, path: path)]) }
      noteUnusable(news.path, step: record.step, reason: file.shards.map { "\($0.text) are there so far" })
      for part in file.parts { add(part, of: record, file: news.path) }
      noteEvidence(file, of: record, path: news.path)
    case .waiting(let reason): noteUnusable(news.path, step: record.step, reason: reason)
    case .unusable(let reason):
      finish(news)
      removeSamples(ofFile: news.path, of: record)
      noteUnusable(news.path, step: record.step, reason: reason)
    case .replaced(let reason):
      finish(news)
      removeSamples(ofFile: news.path, of: record)
      logNotes.add(.reading, reason, line: nil, file: nil)
    }
    if news.progress.queued == 0 { noteScores() }
  }

  private func record(of source: LogitsFileNews.Source) -> PendingLogitsFiles.Record? {
    switch source {
    case .request(let id): pendingFiles.record(id)
    // Nobody says how the models were switched; rows written apart are an evaluation.
    case .folder(let step): Self.unnamed(step)
    case .rows(let step, let request): request.flatMap { pendingFiles.record($0) } ?? Self.unnamed(step)
    }
  }

  private static func unnamed(_ step: Int) -> PendingLogitsFiles.Record {
    PendingLogitsFiles.Record(
      probe: ProbeKey(phase: .eval, set: nil), step: step, logged: nil, policyInEvalMode: false,
      loggedKLs: [], modes: ModelModes(), row: -1)
  }

  /// Takes in the samples of one phase and set.
  private mutating func add(
    _ part: ComparedLogitsFile.Part, of record: PendingLogitsFiles.Record, file: String
  ) {
    var record = record
    if let probe = part.probe { record.probe = probe }
    if let modes = part.modes { record.policyInEvalMode = modes.policy == .eval }
    if let set = record.probe.set { knownSets.insert(set.lowercased()) }
    noteMeasured(step: record.step)
    addSamples(part.samples, of: record, file: file)
    for tokens in part.tokens {
      var measurement = Measurement(record: 0, set: record.probe.set, samples: [], rowsWithoutReference: 0)
      measurement.tokens = tokens
      estimates[record.probe, default: EstimateTrack(probe: record.probe)].add(
        measurement, step: record.step, logged: nil, row: record.row)
    }
  }

  /// States the series that follow from rows: how well each set's tokens are predicted at every evaluation.
  ///
  /// Where no evaluation is of the start, the reference's values stand there: the model was the reference then.
  mutating func noteScores() {
    for (probe, track) in divergences where probe.phase == .eval {
      // Looked at in place: a point is a large value to hand over.
      let scored = track.points.indices.compactMap { index in
        track.points[index].scores.map { (step: track.points[index].step, scores: $0) }
      }
      let name = probe.set.map { "eval/\($0)/" } ?? "eval/"
      let start = scored.first.flatMap { $0.step > 0 ? $0.scores : nil }
      table.setDerived(
        name + "token_accuracy",
        (start.map { [(0, $0.referenceAccuracy)] } ?? []) + scored.map { ($0.step, $0.scores.accuracy) })
      table.setDerived(
        name + "nll",
        (start.map { [(0, $0.referenceNegativeLogLikelihood)] } ?? [])
          + scored.map { ($0.step, $0.scores.negativeLogLikelihood) })
    }
  }

  private mutating func finish(_ news: LogitsFileNews) {
    if case .request(let id) = news.source { pendingFiles.remove(id) }
  }
}
