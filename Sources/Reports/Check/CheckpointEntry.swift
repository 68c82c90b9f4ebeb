internal import RunAnalysis
internal import RunModel

/// One checkpoint of a run, saved or only evaluated; the property names are the keys of the JSON output.
package struct CheckpointEntry: Sendable, Encodable {
  package var step: Int
  @OrNull package var path: String?
  package var saved: Bool
  /// The trainer's own measure calls it the best.
  package var trainersBest: Bool
  /// The evaluation that the values are from; `nil` where nothing was evaluated.
  @OrNull package var evaluationStep: Int?
  package var new: [Value]
  package var retention: [Value]
  /// Every retention metric is within its budget; `nil` where nothing was evaluated.
  @OrNull package var withinBudget: Bool?
  /// No other one is better in both.
  @OrNull package var unbeaten: Bool?

  package struct Value: Sendable, Encodable {
    package var metric: String
    package var value: Double
    /// Against the first evaluation of a retention metric, or the best of a new one: worse where negative; a share of 1
    /// or nats.
    package var gain: Double
    package var step: Int
  }

  static func all(of run: RunModel, _ advice: CheckpointAdvice?) -> [CheckpointEntry] {
    guard let advice else {
      return run.checkpoints.map {
        CheckpointEntry(
          step: $0.step, path: $0.path, saved: true, trainersBest: $0.isTrainersBest, evaluationStep: nil,
          new: [],
          retention: [], withinBudget: nil, unbeaten: nil)
      }
    }
    return advice.candidates.map { candidate in
      CheckpointEntry(
        step: candidate.checkpoint.step, path: candidate.checkpoint.path, saved: candidate.isSaved,
        trainersBest: candidate.checkpoint.isTrainersBest, evaluationStep: candidate.evaluationStep,
        new: candidate.new.map(Value.init), retention: candidate.retention.map(Value.init),
        withinBudget: candidate.isWithinBudget, unbeaten: candidate.isUnbeaten)
    }
  }
}

extension CheckpointEntry.Value {
  fileprivate init(_ value: CheckpointAdvice.Value) {
    self.init(metric: value.metric.name, value: value.value, gain: value.gain, step: value.step)
  }
}

/// Which checkpoint to keep; the property names are the keys of the JSON output.
package struct AdviceEntry: Sendable, Encodable {
  /// What gains and budgets are counted in: `share` or `nats`.
  package var unit: String
  package var keep: Place
  package var bestBalance: Place
  /// `nil` where no checkpoint is within budget.
  @OrNull package var withinBudget: Place?
  package var sentence: String

  package struct Place: Sendable, Encodable {
    package var step: Int
    @OrNull package var path: String?
  }

  init(_ advice: CheckpointAdvice) {
    func place(_ index: Int) -> Place {
      let checkpoint = advice.candidates[index].checkpoint
      return Place(step: checkpoint.step, path: checkpoint.path)
    }
    unit = advice.unit == .share ? "share" : "nats"
    keep = place(advice.keep)
    bestBalance = place(advice.bestBalance)
    withinBudget = advice.withinBudget.map(place)
    sentence = advice.sentence
  }
}
