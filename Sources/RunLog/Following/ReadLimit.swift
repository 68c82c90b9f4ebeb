/// How much one batch may hold, so that neither memory nor the time to the next frame depends on a log's size.
package struct ReadLimit: Sendable, Hashable {
  /// Bytes read for one batch.
  package var bytes: Int
  /// Records and notices of one batch.
  package var records: Int
  /// A line longer than this is rejected and skipped without being kept.
  package var lineBytes: Int
  /// The same for a line that does not start like a record.
  package var foreignLineBytes: Int

  package init(
    bytes: Int = 4 << 20, records: Int = 1 << 16, lineBytes: Int = 1 << 30, foreignLineBytes: Int = 16 << 20
  ) {
    self.bytes = bytes
    self.records = records
    self.lineBytes = lineBytes
    self.foreignLineBytes = foreignLineBytes
  }
}
