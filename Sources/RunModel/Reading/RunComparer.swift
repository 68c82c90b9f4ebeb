package import RunLog

/// Compares the logits of both models of every record, on the thread that reads: the main thread only ever sees
/// results.
///
/// Sources of a run number their keys on their own, and one may begin anew while the others go on.
package struct RunComparer: Sendable {
  private var sources: [Int: SourceComparer] = [:]

  package init() {}

  /// Measures every distribution of a batch.
  package mutating func measure(_ batch: RecordBatch) -> ComparedBatch {
    sources[batch.source, default: SourceComparer()].measure(batch)
  }
}
