extension LineDialect {
  /// Kinds beside JSON, asked in this order for every line until one line, or a JSON object, has decided.
  static let all: [LineDialect] = [
    LineDialect(
      dialect: .pythonDicts, recognises: PythonDictDecoder.recognises,
      makeDecoder: { PythonDictDecoder(keys: $0) }),
    LineDialect(
      dialect: .torchtune, recognises: PrintedPairsDecoder.recognises(PrintedPairsDecoder.torchtune),
      makeDecoder: { PrintedPairsDecoder(PrintedPairsDecoder.torchtune, keys: $0) }),
    LineDialect(
      dialect: .verlConsole, recognises: PrintedPairsDecoder.recognises(PrintedPairsDecoder.verl),
      makeDecoder: { PrintedPairsDecoder(PrintedPairsDecoder.verl, keys: $0) }),
    LineDialect(
      dialect: .lightningCSV, recognises: LightningCSVDecoder.recognises,
      makeDecoder: { LightningCSVDecoder(keys: $0) }),
    LineDialect(
      dialect: .mlflow, recognises: MlflowDecoder.recognises, makeDecoder: { MlflowDecoder(keys: $0) }),
  ]
}
