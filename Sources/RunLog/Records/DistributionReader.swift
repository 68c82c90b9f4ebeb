import CSimdJSON

extension RecordReader {
  /// Adds the record's distributions, and a notice for those that cannot be used; true where there are any.
  func appendDistributions(line number: Int, to batch: inout RecordBatch) -> Bool {
    guard hasDistributions else { return false }
    let before = batch.distributions.count
    var problems: [String] = []
    var logits = LogitsReader(fields)
    add(to: &batch, &problems) { () throws(UnusableArray) in try logits.read().map { .logits($0) } }
    problems += logits.complaints
    add(to: &batch, &problems) { () throws(UnusableArray) in try sampledTokens().map { .sampledTokens($0) } }
    add(to: &batch, &problems) { () throws(UnusableArray) in try topEntries().map { .topEntries($0) } }
    add(to: &batch, &problems) { () throws(UnusableArray) in file().map { .file($0) } }
    add(to: &batch, &problems) { () throws(UnusableArray) in completion().map { .completion($0) } }
    for problem in problems {
      batch.notices.append(
        LogNotice(position: batch.records.count, line: number, kind: .unusable(reason: problem)))
    }
    return batch.distributions.count > before
  }

  private func add(
    to batch: inout RecordBatch, _ problems: inout [String],
    _ read: () throws(UnusableArray) -> DistributionRecord.Content?
  ) {
    do throws(UnusableArray) {
      guard let content = try read() else { return }
      batch.distributions.append(
        DistributionRecord(record: batch.records.count, set: fields.label(.set), content: content))
    } catch {
      problems.append(error.reason)
    }
  }

  private func file() -> LogitsFileName? {
    if let path = fields.text(.rowsFile) { return LogitsFileName(path: path, isRows: true) }
    return fields.text(.logitsFile).map { path in
      LogitsFileName(
        path: path, names: fields.texts(.samples) ?? fields.label(.sample).map { [$0] } ?? [],
        tokens: fields.texts(.tokens) ?? [])
    }
  }

  private func completion() -> SampleCompletion? {
    guard fields.hasCompletion, let sample = fields.label(.sample) else { return nil }
    return SampleCompletion(
      sample: sample, policy: fields.text(.completion), reference: fields.text(.referenceCompletion))
  }

  private func sampledTokens() throws(UnusableArray) -> SampledTokens? {
    guard let policy = try fields.array(.logProbabilities, "logprobs") else { return nil }
    guard let reference = try fields.array(.referenceLogProbabilities, "ref_logprobs") else {
      throw UnusableArray(reason: "logprobs without ref_logprobs")
    }
    let shape = policy.shape
    if shape.count != 1 { throw UnusableArray(reason: "logprobs are \(shape.written), not one list") }
    if reference.shape != shape {
      throw UnusableArray(reason: "logprobs are \(shape.written), ref_logprobs \(reference.shape.written)")
    }
    let mask = try fields.array(.mask, "mask")
    if let mask, mask.shape != shape {
      throw UnusableArray(reason: "mask is \(mask.shape.written), logprobs \(shape.written)")
    }
    return SampledTokens(
      sample: fields.label(.sample), policy: Array(policy.numbers),
      reference: Array(reference.numbers), mask: mask?.numbers.map { $0 != 0 } ?? [],
      sampledFrom: fields.text(.sampledFrom))
  }

  private func topEntries() throws(UnusableArray) -> TopEntries? {
    guard let ids = try fields.array(.topIDs, "top/ids") else { return nil }
    guard let policy = try fields.array(.topLogProbabilities, "top/logprobs"),
      let reference = try fields.array(.topReferenceLogProbabilities, "top/ref_logprobs")
    else { throw UnusableArray(reason: "top needs ids, logprobs and ref_logprobs") }
    if policy.shape != ids.shape || reference.shape != ids.shape || ids.shape.count > 2 {
      throw UnusableArray(
        reason: "top has ids \(ids.shape.written), logprobs \(policy.shape.written), "
          + "ref_logprobs \(reference.shape.written)")
    }
    if let referenceIDs = try fields.array(.topReferenceIDs, "top/ref_ids"),
      !referenceIDs.numbers.elementsEqual(ids.numbers)
    {
      throw UnusableArray(
        reason:
          "top has other ids for the reference: a union of two top-k lists needs the values of both models "
          + "for every id, or it bounds nothing")
    }
    let whole = ids.numbers.compactMap { $0 >= 0 ? Int(exactly: $0) : nil }
    if whole.count != ids.numbers.count { throw UnusableArray(reason: "top/ids are no indices") }
    return TopEntries(
      sample: fields.label(.sample), rows: ids.shape.count == 2 ? ids.shape[0] : 1,
      k: ids.shape.last ?? 0, ids: whole, policy: Array(policy.numbers), reference: Array(reference.numbers))
  }
}
