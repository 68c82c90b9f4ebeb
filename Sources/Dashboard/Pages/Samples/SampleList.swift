internal import RunFeed
internal import RunModel

extension DashboardState {
  /// Samples as of the step that is looked at: those that fit the filter, in no order, and the number of all.
  private var matchingSamples: (states: [SampleState], total: Int) {
    let all = shown.samples(at: viewedStep)
    guard !sample.filter.isEmpty else { return (all, all.count) }
    let names = sampleNames
    return (all.filter { sample.filter.matches($0, names: names[$0.key.probe] ?? []) }, all.count)
  }

  /// The samples in the order they are gone through.
  var sampleList: SampleList {
    let (states, total) = matchingSamples
    return SampleList(
      states: sample.order.sorted(states, by: charts.direction), total: total, cursor: sample.key)
  }

  /// The sample that is looked at, and its place among all that fit the filter; `nil` where there is none.
  ///
  /// Asked for each frame, so nothing is sorted.
  var chosenSample: (sample: InspectedSample, place: Int, count: Int)? {
    let states = matchingSamples.states
    let ranking = SampleRanking(states, by: sample.order, charts.direction)
    let chosen = sample.key.flatMap { key in states.firstIndex { $0.key == key } } ?? ranking.first
    return chosen.map { (InspectedSample(states[$0], in: self), ranking.place(of: $0), states.count) }
  }

  /// Goes to another sample of the list: on its page it stops at the ends, elsewhere the list is a ring.
  mutating func moveSample(by offset: Int) {
    let list = sampleList
    guard let place = list.place else { return }
    let count = list.states.count
    let (moved, overflows) = place.addingReportingOverflow(offset)
    let target = overflows ? (offset < 0 ? 0 : count - 1) : moved
    sample.choose(
      list.states[page == .samples ? min(max(0, target), count - 1) : (target % count + count) % count].key)
    samples.scroll = 0
  }

  /// Goes to another token of the sample that is looked at; it stops at the ends.
  mutating func moveRow(by offset: Int) {
    guard let looked = page == .samples ? inspectedSample : chosenSample?.sample,
      let rows = looked.measured?.rows.count, rows > 0
    else { return }
    sample.row = min(max(looked.row + offset, 0), rows - 1)
    samples.scroll = 0
  }
}

/// Samples in the order and with the cursor of the list.
struct SampleList: Sendable {
  var states: [SampleState]
  /// Samples there are without the filter.
  var total: Int
  /// Place of the cursor; `nil` where the list is empty.
  var place: Int?

  init(states: [SampleState], total: Int, cursor: SampleKey?) {
    self.states = states
    self.total = total
    let found = cursor.flatMap { key in states.firstIndex { $0.key == key } }
    place = states.isEmpty ? nil : found ?? 0
  }

  /// The sample the cursor is on.
  var selected: SampleState? { place.map { states[$0] } }

  /// First line to show in `rows` lines, so that the cursor is in sight.
  func top(_ wanted: Int, rows: Int) -> Int {
    let most = max(0, states.count - rows)
    guard let place, rows > 0 else { return 0 }
    return min(most, max(min(wanted, place), place - rows + 1))
  }
}

extension ComparedSample {
  /// Index of the row with the largest D(policy‖reference), or of the first that cannot be compared.
  var rowFurthestApart: Int {
    func distance(_ index: Int) -> Double {
      rows.policyReference(index).isNaN ? .infinity : rows.policyReference(index)
    }
    return rows.indices.max { distance($0) < distance($1) } ?? 0
  }
}

extension DashboardState {
  /// Names of the classes of a phase and set, as the log spells them.
  func sampleNames(of probe: ProbeKey) -> [String] {
    let labels = shown.labels(of: probe)
    return labels.isEmpty ? shown.classes ?? [] : labels
  }

  /// The same for every phase and set.
  var sampleNames: [ProbeKey: [String]] {
    Dictionary(uniqueKeysWithValues: shown.divergences.keys.map { ($0, sampleNames(of: $0)) })
  }
}

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
