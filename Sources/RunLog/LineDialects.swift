extension LineDialect {
  /// Kinds beside JSON, asked in this order for every line until one line, or a JSON object, has decided.
  static let all: [LineDialect] = []
}
