internal import RunFeed
internal import RunModel

extension DashboardState {
  /// Shows the page of samples: the list, or one as soon as there is a sample of that name.
  ///
  /// - Parameter step: where the replay was asked to stand.
  package mutating func inspect(_ name: String?, at step: Int?) {
    page = .samples
    samples.request = SampleRequest(name: name, step: step)
    openRequestedSample()
  }

  /// Why what was asked for cannot be shown, and what there is; `nil` where it can, and while the run is being read.
  package var requestComplaint: String? {
    guard let request = samples.request, !run.isLoading else { return nil }
    if let step = request.step, !run.steps.contains(step) {
      return "no step \(step): the run has steps \(run.steps.lowerBound) to \(run.steps.upperBound)"
    }
    guard let name = request.name, sample(named: name) == nil else { return nil }
    let all = run.samples(at: .max)
    guard let first = all.first else { return "no sample “\(name)”: the run has no logits of both models" }
    let others = all.prefix(Self.namedSamples).map(\.key.name.label).joined(separator: ", ")
    if all.count == 1 { return "no sample “\(name)”: the run has \(first.key.name.label)" }
    return "no sample “\(name)”: the run has \(all.count): \(others)"
      + (all.count > Self.namedSamples ? ", …" : "")
  }

  /// Samples that are named where another one was asked for.
  private static let namedSamples = 8

  private func sample(named name: String) -> SampleState? {
    run.samples(at: .max).first { $0.key.name.label == name }
  }

  /// Opens the sample that was asked for, once it is there.
  mutating func openRequestedSample() {
    guard let name = samples.request?.name, let found = sample(named: name) else { return }
    samples.request?.name = nil
    sample.choose(found.key)
    (samples.isOpen, samples.scroll) = (true, 0)
  }
}
