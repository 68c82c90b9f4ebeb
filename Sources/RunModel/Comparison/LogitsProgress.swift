/// How far a comparison of files has come.
package struct LogitsProgress: Sendable, Hashable {
  /// Steps that are done.
  package var steps = 0
  package var stepsTotal: Int
  /// Bytes of logits of both models that were compared; those the mask leaves out are not.
  package var bytes = 0
  package var bytesTotal: Int

  package init(stepsTotal: Int, bytesTotal: Int) {
    self.stepsTotal = stepsTotal
    self.bytesTotal = bytesTotal
  }

  /// Steps done, gigabytes a second and the time left.
  ///
  /// - Parameter seconds: since the comparison began.
  package func text(seconds: Double) -> String {
    let rate = Double(bytes) / seconds
    let left = rate > 0 ? "\(Int((Double(bytesTotal - bytes) / rate).rounded(.up))) s left" : "no data yet"
    return "\(steps) of \(stepsTotal) steps, \(SentenceNumber.text(rate / 1e9)) GB/s, \(left)"
  }
}
