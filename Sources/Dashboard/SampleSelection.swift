package import RunModel

/// Which sample the sample panel shows; untouched it follows the one with the largest divergence.
package struct SampleSelection: Sendable, Hashable {
  /// `nil` follows the sample with the largest divergence.
  package var key: SampleKey?
  /// Index among the sample's counted rows; `nil` follows the row with the largest divergence.
  package var row: Int?

  package init(key: SampleKey? = nil, row: Int? = nil) {
    self.key = key
    self.row = row
  }

  /// Goes to another sample of a list that is sorted by divergence; the list is a ring.
  mutating func move(by offset: Int, among choices: [SampleChoice]) {
    guard !choices.isEmpty else { return }
    let current = key.flatMap { key in choices.firstIndex { $0.key == key } } ?? 0
    key = choices[(current + offset % choices.count + choices.count) % choices.count].key
    row = nil
  }

  mutating func moveRow(by offset: Int, of sample: ChosenSample) {
    guard !sample.moment.rows.isEmpty else { return }
    row = min(max(sample.row + offset, 0), sample.moment.rows.count - 1)
  }
}

/// A sample that can be looked at, and how far the models are apart on it.
struct SampleChoice: Sendable {
  var key: SampleKey
  /// Mean of D(policy‖reference) over its rows, nats.
  var divergence: Double
}

/// The sample the panel shows, at the step it was last measured.
struct ChosenSample: Sendable {
  var key: SampleKey
  var step: Int
  var moment: MeasuredSample
  /// Index among the counted rows.
  var row: Int
  /// Place among all samples, largest divergence first, from 0.
  var place: Int
  var count: Int

  /// The chosen row; `nil` where the mask leaves none.
  var measured: MeasuredRow? { moment.rows.indices.contains(row) ? moment.rows[row] : nil }

  /// The probabilities of the chosen row; `nil` where they were let go.
  var picture: RowPicture? { moment.pictures.indices.contains(row) ? moment.pictures[row] : nil }
}

extension RunModel {
  /// Every sample as last measured at or before `step`, largest divergence first.
  func sampleChoices(at step: Int) -> [SampleChoice] {
    let all = divergences.values.flatMap { track in
      (track.point(at: step)?.samples ?? []).map {
        SampleChoice(key: SampleKey(probe: track.probe, name: $0.name), divergence: $0.meanPolicyReference)
      }
    }
    return all.sorted { left, right in
      // NaN first: a row that cannot be compared is the one to look at.
      let (a, b) = (
        left.divergence.isNaN ? .infinity : left.divergence,
        right.divergence.isNaN ? .infinity : right.divergence
      )
      return a == b ? left.key.label < right.key.label : a > b
    }
  }

  /// The sample that a selection means at `step`.
  func chosenSample(_ selection: SampleSelection, at step: Int) -> ChosenSample? {
    let choices = sampleChoices(at: step)
    let place = selection.key.flatMap { key in choices.firstIndex { $0.key == key } } ?? 0
    guard choices.indices.contains(place), let track = divergences[choices[place].key.probe],
      let point = track.point(at: step),
      let moment = point.samples.first(where: { $0.name == choices[place].key.name })
    else { return nil }
    return ChosenSample(
      key: choices[place].key, step: point.step, moment: moment,
      row: selection.row.map { min($0, max(0, moment.rows.count - 1)) } ?? moment.rowFurthestApart,
      place: place, count: choices.count)
  }
}

extension MeasuredSample {
  /// Index of the row with the largest D(policy‖reference), or of the first that cannot be compared.
  var rowFurthestApart: Int {
    func distance(_ index: Int) -> Double {
      rows[index].policyReference.isNaN ? .infinity : rows[index].policyReference
    }
    return rows.indices.max { distance($0) < distance($1) } ?? 0
  }
}

extension SampleKey {
  var label: String { "\(probe.label) \(name.label)" }
}
