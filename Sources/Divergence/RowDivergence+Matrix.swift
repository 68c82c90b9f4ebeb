internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension RowDivergence {
  /// Measures N rows of stored logits, rows in parallel over the cores; the results do not depend on how many.
  ///
  /// Both matrices are row-major, N × `vocabularySize`, and may be stored in different precisions. Up to
  /// float32 |error| ≤ 2·10⁻⁶ · max(1, D) nats a row; with float64 in either the row is measured in float64.
  ///
  /// - Parameters:
  ///   - totalVariation: Also ½ Σ |P − Q|, in a second sweep over each row while it is in the cache.
  ///   - maximumThreads: At most so many threads, at least one; by default one for each core.
  /// - Throws: `ShapeError` where the bytes are no whole number of rows or the two differ in rows.
  public static func measure(
    policy: RawSpan, storedAs policyScalar: LogitsScalar,
    reference: RawSpan, storedAs referenceScalar: LogitsScalar,
    vocabularySize: Int, totalVariation: Bool = false, maximumThreads: Int? = nil
  ) throws(ShapeError) -> [RowDivergence] {
    let rows = try rowCount(policy.byteCount, policyScalar, vocabularySize)
    let referenceRows = try rowCount(reference.byteCount, referenceScalar, vocabularySize)
    guard rows == referenceRows else {
      throw .shapesDiffer([rows, vocabularySize], [referenceRows, vocabularySize])
    }
    return policy.withUnsafeBytes { policy in
      reference.withUnsafeBytes { reference in
        guard let policyBase = policy.baseAddress, let referenceBase = reference.baseAddress else {
          return []
        }
        let matrix = LogitsPair(
          policy: LogitsRow(base: policyBase, scalar: policyScalar, count: vocabularySize),
          reference: LogitsRow(base: referenceBase, scalar: referenceScalar, count: vocabularySize),
          totalVariation: totalVariation)
        return matrix.measure(rows: rows, threads: maximumThreads ?? coreCount)
      }
    }
  }

  private static func rowCount(
    _ bytes: Int, _ scalar: LogitsScalar, _ vocabularySize: Int
  ) throws(ShapeError) -> Int {
    let (bytesPerRow, overflow) = vocabularySize.multipliedReportingOverflow(by: scalar.byteCount)
    guard vocabularySize > 0, !overflow else { throw .impossibleShape([vocabularySize]) }
    guard bytes.isMultiple(of: bytesPerRow) else {
      throw .partialRow(bytes: bytes, bytesPerRow: bytesPerRow)
    }
    return bytes / bytesPerRow
  }

  private static var coreCount: Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

/// Two matrices of logits, given by their first rows.
private struct LogitsPair: Sendable {
  let policy: LogitsRow
  let reference: LogitsRow
  let totalVariation: Bool

  /// Entries that are worth handing to another thread.
  private static let entriesPerTask = 1 << 16

  func measure(rows: Int, threads: Int) -> [RowDivergence] {
    let rowsPerTask = max(1, Self.entriesPerTask / policy.count)
    let tasks = (rows + rowsPerTask - 1) / rowsPerTask
    return Array(unsafeUninitializedCapacity: rows) { results, initializedCount in
      // Each row is written by the one thread that takes its task, and read after all have ended.
      nonisolated(unsafe) let results = results
      forEachTask(tasks, threads: threads) { task, workspace in
        let first = task * rowsPerTask
        for row in first..<min(rows, first + rowsPerTask) {
          results.initializeElement(at: row, to: measure(row: row, in: workspace))
        }
      }
      initializedCount = rows
    }
  }

  private func measure(row: Int, in workspace: borrowing BlockWorkspace) -> RowDivergence {
    .measure(
      policy: policy.moved(byRows: row), reference: reference.moved(byRows: row),
      totalVariation: totalVariation, in: workspace)
  }

  /// Runs the tasks 0 ..< count on a fixed team of threads, each taking the next one that is left.
  private func forEachTask(
    _ count: Int, threads: Int, _ body: @Sendable (Int, borrowing BlockWorkspace) -> Void
  ) {
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(count, threads))) { _ in
      let workspace = BlockWorkspace(keptEntries: totalVariation ? policy.count : 0)
      while true {
        let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if task >= count { break }
        body(task, workspace)
      }
    }
  }
}

extension LogitsRow {
  fileprivate func moved(byRows rows: Int) -> LogitsRow {
    LogitsRow(base: base + rows * count * scalar.byteCount, scalar: scalar, count: count)
  }
}
