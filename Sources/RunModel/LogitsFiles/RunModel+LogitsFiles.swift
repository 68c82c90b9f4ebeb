internal import RunLog

extension RunModel {
  /// Notes that the logits of a record are in a file, which is measured apart.
  mutating func expect(_ request: LogitsFileRequest, record: Record, batch: RecordBatch) {
    pendingFiles.add(
      PendingLogitsFiles.Record(
        probe: ProbeKey(phase: record.phase, set: request.set), step: record.step,
        logged: loggedKLs(of: record, set: request.set, batch: batch).stated,
        policyInEvalMode: record.modes.policy == .eval, row: rows.count - 1),
      id: request.id)
  }

  /// Takes in what became of a file of logits.
  package mutating func apply(_ news: LogitsFileNews) {
    logitsFiles = news.progress
    guard let record = record(of: news.source) else { return }
    switch news.outcome {
    case .measured(let samples):
      finish(news)
      noteUnusable(news.path, step: record.step, reason: nil)
      addSamples(samples, of: record)
    case .waiting(let reason): noteUnusable(news.path, step: record.step, reason: reason)
    case .unusable(let reason):
      finish(news)
      noteUnusable(news.path, step: record.step, reason: reason)
    }
  }

  private func record(of source: LogitsFileNews.Source) -> PendingLogitsFiles.Record? {
    switch source {
    case .request(let id): pendingFiles.record(id)
    // Nobody says how the models were switched; rows written apart are an evaluation.
    case .folder(let step):
      PendingLogitsFiles.Record(
        probe: ProbeKey(phase: .eval, set: nil), step: step, logged: nil, policyInEvalMode: false,
        row: -1)
    }
  }

  private mutating func finish(_ news: LogitsFileNews) {
    if case .request(let id) = news.source { pendingFiles.remove(id) }
  }
}
