/// A sample as it was last measured.
package struct SampleState: Sendable {
  package var key: SampleKey
  /// The step it was measured at.
  package var step: Int
  package var record: SampleRecord

  /// True for the same sample with the same targets at the same positions.
  package func asksTheSame(as other: SampleState) -> Bool {
    key == other.key && record.inputs == other.record.inputs
  }
}

extension RunModel {
  /// Every sample of every phase and set as it was last measured at or before `step`, with what had happened to it
  /// until then.
  package func samples(at step: Int) -> [SampleState] {
    divergences.values.sorted { $0.probe < $1.probe }.flatMap { track in
      let names = track.history.names
      return track.history.entries(at: step).map {
        SampleState(
          key: SampleKey(probe: track.probe, name: names[$0.number]), step: $0.step, record: $0.record)
      }
    }
  }

  /// The samples of one phase and set that were measured at exactly `step`, always in the same order.
  package func samples(of probe: ProbeKey, atExactly step: Int) -> [SampleState] {
    guard let history = divergences[probe]?.history else { return [] }
    let names = history.names
    return history.entries(atExactly: step).map {
      SampleState(key: SampleKey(probe: probe, name: names[$0.number]), step: step, record: $0.record)
    }
  }

  /// For each evaluation of a phase and set its step, the samples with a target, and those of them that are near flipping.
  package func nearFlipping(of probe: ProbeKey) -> [(step: Int, targets: Int, near: Int)] {
    divergences[probe]?.history.nearFlipping ?? []
  }

  /// Every evaluation of a sample on the branch the run is on, in the order of the steps.
  package func evaluations(of key: SampleKey) -> [SampleState] {
    (divergences[key.probe]?.history.entries(of: key.name) ?? []).map {
      SampleState(key: key, step: $0.step, record: $0.record)
    }
  }

  /// What was measured on a sample at exactly `step`; `nil` where it was not.
  package func measuredSample(_ key: SampleKey, at step: Int) -> MeasuredSample? {
    guard let point = divergences[key.probe]?.point(at: step), point.step == step else { return nil }
    return point.sample(named: key.name)
  }
}

extension RunModel {
  /// Names of the classes of a phase and set that came with its records; empty where none did.
  package func labels(of probe: ProbeKey) -> [String] {
    let points = divergences[probe]?.points
    // The first and the last step keep their pictures.
    for point in [points?.last, points?.first].compactMap(\.self) {
      if let picture = point.samples.lazy.compactMap(\.pictures.first).first { return picture.labels }
    }
    return []
  }

  /// Steps at which any sample was measured, rising.
  package var evaluatedSteps: [Int] {
    Set(divergences.values.flatMap { $0.points.map(\.step) }).sorted()
  }
}
