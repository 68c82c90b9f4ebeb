package import RunLog

/// A sample as it was last measured.
package struct SampleState: Sendable {
  package var key: SampleKey
  /// The step it was measured at.
  package var step: Int
  package var record: SampleRecord

  /// - Parameter isNew: its set is the new task: of a sequence nothing is forgotten that the model is tuned for.
  fileprivate init(key: SampleKey, step: Int, record: SampleRecord, isNew: Bool = false) {
    self.key = key
    self.step = step
    self.record = record
    if isNew, record.isSequence { self.record.belongsToNewTask() }
  }

  /// True for the same sample with the same targets at the same positions.
  package func asksTheSame(as other: SampleState) -> Bool {
    key == other.key && record.inputs == other.record.inputs
  }
}

extension RunModel {
  /// Every sample of every phase and set as it was last measured at or before `step`, with what had happened to it
  /// until then.
  package func samples(at step: Int) -> [SampleState] {
    tracks.flatMap { track in
      let names = track.history.names
      let isNew = isNewTask(track.probe)
      return track.history.entries(at: step).map {
        SampleState(
          key: SampleKey(probe: track.probe, name: names[$0.number]), step: $0.step, record: $0.record,
          isNew: isNew)
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
  package func nearFlipping(of probe: ProbeKey) -> [NearFlipping] {
    divergences[probe]?.history.nearFlipping ?? []
  }
  private func isNewTask(_ probe: ProbeKey) -> Bool { probe.set.map { setKind(ofSet: $0) == .new } ?? false }

  /// Every evaluation of a sample on the branch the run is on, in the order of the steps.
  package func evaluations(of key: SampleKey) -> [SampleState] {
    let isNew = isNewTask(key.probe)
    return (divergences[key.probe]?.history.entries(of: key.name) ?? []).map {
      SampleState(key: key, step: $0.step, record: $0.record, isNew: isNew)
    }
  }

  /// A sample as it was last measured at or before `step`; `nil` where it had not been.
  package func evaluation(of key: SampleKey, at step: Int) -> SampleState? {
    divergences[key.probe]?.history.entry(of: key.name, at: step).map {
      SampleState(key: key, step: $0.step, record: $0.record)
    }
  }

  /// What was measured on a sample at exactly `step`; `nil` where it was not.
  package func measuredSample(_ key: SampleKey, at step: Int) -> ComparedSample? {
    guard let point = divergences[key.probe]?.point(at: step), point.step == step else { return nil }
    return point.sample(named: key.name)
  }

  /// How both models continued a sample when they were last asked at or before `step`; nil where the log never says it.
  package func completion(of key: SampleKey, at step: Int) -> (step: Int, completion: SampleCompletion)? {
    completions.last(of: key, at: step)
  }
}

extension RunModel {
  /// What a row of a sample looks like, and at which step: the nearest one not after `step` whose pictures were kept.
  package func nearestPicture(of key: SampleKey, row: Int, to step: Int) -> (
    step: Int, picture: TopProbabilities
  )? {
    divergences[key.probe]?.nearestPicture(of: key.name, row: row, to: step)
  }

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
