/// Lines of a metrics log as a trainer writes them: 18 numbers each, some 600 bytes.
struct SyntheticLog {
  private static let keys = [
    "loss", "kl", "total_loss", "lr", "grad_norm", "entropy", "reward", "reward_std", "accuracy",
    "tokens_per_s",
    "clip_fraction", "approx_kl", "value_loss", "value_clip", "mean_length", "max_length", "score", "epoch",
  ]

  /// Numbers of a line, each a stored point.
  static var numbersPerLine: Int { keys.count }

  /// What follows the step of a line; a log repeats them, so that making it takes no longer than reading it.
  private let bodies: [[UInt8]]

  /// - Parameter kinds: how many lines are different.
  init(kinds: Int = 997) {
    var random: UInt64 = 7
    bodies = (0..<kinds).map { line in
      let numbers = Self.keys.map { "\"\($0)\": \(Self.value(&random))" }.joined(separator: ", ")
      let modes =
        "\"mode\": \"train\", \"grad_enabled\": true, \"ref_mode\": \"eval\", \"ref_grad_enabled\": false"
      return Array(", \"time\": \(1_760_000_000 + Double(line) / 7), \(modes), \(numbers)}\n".utf8)
    }
  }

  /// Lines of the steps of a range.
  func lines(_ steps: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(steps.count * 640)
    for step in steps {
      bytes.append(contentsOf: "{\"step\": \(step)".utf8)
      bytes.append(contentsOf: bodies[step % bodies.count])
    }
    return bytes
  }

  private static func value(_ random: inout UInt64) -> Double {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(random >> 11) / Double(1 << 53) * 10
  }
}
