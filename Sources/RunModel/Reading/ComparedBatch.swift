package import RunLog

/// A batch of records whose distributions were already compared, ready to be applied on the main thread.
package struct ComparedBatch: Sendable {
  /// The records; its `distributions` were taken out.
  package var batch: RecordBatch
  package var measurements: [Measurement]
  /// Files with logits of its records, which are measured apart.
  package var files: [LogitsFileRequest] = []
  /// True once the log holds a KL against the reference, so that there is something to audit.
  package var logsKL = false

  package init(batch: RecordBatch, measurements: [Measurement]) {
    self.batch = batch
    self.measurements = measurements
  }
}

extension ComparedBatch {
  package var hasRecords: Bool { !batch.records.isEmpty }

  /// Seconds since 1970 of the last record, or of the last change of the file where it has no time; `nil` where neither is
  /// known.
  package var lastTime: Double? {
    batch.records.last?.time.finite ?? batch.modified.map { Double($0) / 1e9 }
  }
}

/// What the distributions of one record came to.
package struct Measurement: Sendable {
  /// Index into the batch's `records`.
  package var record: Int
  package var set: String?
  package var samples: [ComparedSample]
  /// Rows with logits of the policy but none of the reference to compare with.
  package var rowsWithoutReference: Int
  /// Estimates from sampled tokens; `nil` where there are none.
  var tokens: TokenEvidence?
  /// Lower bounds from top-k lists; `nil` where there are none.
  var bounds: BoundEvidence?
  /// How the models continue a sample; `nil` where the record does not say it.
  var completion: SampleCompletion?
  /// Why distributions were refused, one phrase each.
  var unusable: [String] = []
  /// What other quantities than the divergence come to; `nil` where nothing suggests one.
  var logitsQuantities: LogitsQuantities?
  /// How far the reference moved since each row was first seen; `nil` where nobody can tell.
  var shift: ReferenceShift?

  package init(record: Int, set: String?, samples: [ComparedSample], rowsWithoutReference: Int) {
    self.record = record
    self.set = set
    self.samples = samples
    self.rowsWithoutReference = rowsWithoutReference
  }
}
