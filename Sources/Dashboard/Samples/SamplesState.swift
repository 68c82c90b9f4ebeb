internal import RunModel

/// What the user has chosen on the page of samples.
package struct SamplesState: Sendable {
  var order = SampleOrder()
  var filter = SampleFilter()
  /// The sample the cursor is on; `nil` follows the first one of the list.
  var cursor: SampleKey?
  /// First line shown of the list.
  var top = 0
  /// True where one sample has the page instead of the list.
  var isOpen = false
  /// Which row of the open sample the bars are about; `nil` follows the one with the largest divergence.
  var row: Int?
  /// First line shown of the bars.
  var scroll = 0
  /// What was asked for before the run was read.
  var request: SampleRequest?
}

extension DashboardState {
  /// The list as the page shows it: samples as of the step that is looked at.
  var sampleList: SampleList {
    let all = shown.samples(at: viewedStep)
    let filter = samples.filter
    let names = filter.isEmpty ? [:] : sampleNames
    let matching =
      filter.isEmpty ? all : all.filter { filter.matches($0, names: names[$0.key.probe] ?? []) }
    return SampleList(
      states: samples.order.sorted(matching, by: charts.direction), total: all.count, cursor: samples.cursor)
  }

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
