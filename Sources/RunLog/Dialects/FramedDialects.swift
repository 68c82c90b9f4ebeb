extension FramedDialect {
  /// All of them; what none recognises consists of lines.
  static let all: [FramedDialect] = [
    FramedDialect(
      dialect: .trainerState, recognises: TrainerStateDecoder.recognises,
      makeDecoder: { TrainerStateDecoder(keys: $0) }),
    FramedDialect(
      dialect: .tensorBoard, recognises: TensorBoardDecoder.recognises,
      makeDecoder: { TensorBoardDecoder(keys: $0) }),
    FramedDialect(
      dialect: .wandb, recognises: WandbDecoder.recognises, makeDecoder: { WandbDecoder(keys: $0) }),
    FramedDialect(
      dialect: .evaluationHarness, recognises: HarnessResultsDecoder.recognises,
      makeDecoder: { HarnessResultsDecoder(keys: $0) }),
  ]
}
