/// Logs that have very many of one thing.
enum GrowingLog: String, CaseIterable {
  /// Lines of a run that begins anew after every fifth step.
  case restarts
  /// Sets of probes, each with logits at one step.
  case sets
  /// Samples of one step, each in a line of its own.
  case samples
  /// Keys, each in a line of its own.
  case keys
  /// Letters of one key.
  case letters = "letters of a key"

  /// How many make a log that takes about a second where nothing is quadratic.
  var most: Int {
    switch self {
    case .restarts: 40_000
    case .sets: 20_000
    case .samples: 1_000_000
    case .keys: 100_000
    case .letters: 1_000_000
    }
  }

  /// A log of so many of them.
  func lines(_ count: Int) -> [UInt8] {
    switch self {
    case .restarts:
      joined(count) { line in
        let step = line % 5
        let numbers = "\"loss\":\(1 / Double(1 + step)),\"kl\":0.\(step)"
        return step == 0
          ? "{\"step\":\(step),\(numbers),\(Self.logits)}" : "{\"step\":\(step),\(numbers)}"
      }
    case .sets: joined(count) { "{\"step\":0,\"mode\":\"eval\",\"set\":\"set-\($0)\",\(Self.logits)}" }
    case .samples: joined(count) { "{\"step\":0,\"mode\":\"eval\",\"sample\":\"s\($0)\",\(Self.logits)}" }
    case .keys: joined(count) { "{\"step\":\($0),\"key-\($0)\":0.5}" }
    case .letters:
      joined(100) { "{\"step\":\($0),\"\(String(repeating: "k", count: count / 100))\":0.5}" }
    }
  }

  private static let logits = "\"logits\":[0.1,1.2,-0.5],\"ref_logits\":[0,1,-0.5]"

  private func joined(_ count: Int, _ line: (Int) -> String) -> [UInt8] {
    var bytes: [UInt8] = []
    for index in 0..<count { bytes.append(contentsOf: (line(index) + "\n").utf8) }
    return bytes
  }
}
