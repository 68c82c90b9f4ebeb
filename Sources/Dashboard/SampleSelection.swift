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
  var picture: RowPicture? { moment.picture(ofRow: row) }
}

extension RunModel {
  /// Every sample as last measured at or before `step`, largest divergence first.
  func sampleChoices(at step: Int) -> [SampleChoice] {
    unsortedSampleChoices(at: step).sorted { $0.precedes($1) }
  }

  private func unsortedSampleChoices(at step: Int) -> [SampleChoice] {
    divergences.values.flatMap { track in
      (track.point(at: step)?.samples ?? []).map {
        SampleChoice(key: SampleKey(probe: track.probe, name: $0.name), divergence: $0.meanPolicyReference)
      }
    }
  }

  /// The sample that a selection means at `step`.
  ///
  /// Asked for each frame, so nothing is sorted: the place of a sample is the number of those before it.
  func chosenSample(_ selection: SampleSelection, at step: Int) -> ChosenSample? {
    let choices = unsortedSampleChoices(at: step)
    let selected = selection.key.flatMap { key in choices.first { $0.key == key } }
    guard let choice = selected ?? choices.min(by: { $0.precedes($1) }),
      let point = divergences[choice.key.probe]?.point(at: step),
      let moment = point.samples.first(where: { $0.name == choice.key.name })
    else { return nil }
    return ChosenSample(
      key: choice.key, step: point.step, moment: moment,
      row: selection.row.map { min($0, max(0, moment.rows.count - 1)) } ?? moment.rowFurthestApart,
      place: selected == nil ? 0 : choices.count { $0.precedes(choice) }, count: choices.count)
  }
}

extension SampleChoice {
  /// The order of the samples: by divergence, then by probe and name.
  fileprivate func precedes(_ other: SampleChoice) -> Bool {
    // NaN first: a row that cannot be compared is the one to look at.
    let mine = divergence.isNaN ? .infinity : divergence
    let others = other.divergence.isNaN ? .infinity : other.divergence
    guard mine == others else { return mine > others }
    return key.probe == other.key.probe
      ? key.name.label < other.key.name.label : key.label < other.key.label
  }
}

extension MeasuredSample {
  /// Index of the row with the largest D(policy‖reference), or of the first that cannot be compared.
  var rowFurthestApart: Int {
    func distance(_ index: Int) -> Double {
      rows.policyReference(index).isNaN ? .infinity : rows.policyReference(index)
    }
    return rows.indices.max { distance($0) < distance($1) } ?? 0
  }
}

extension SampleKey {
  var label: String { "\(probe.label) \(name.label)" }
}
