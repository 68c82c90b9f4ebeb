/// What the logits of a record come to under every quantity.
package struct LogitsQuantities: Sendable {
  package private(set) var sums = QuantitySums()
  /// The same with every logit moved at random within what its type rounds off, several times, the costly quantities
  /// once; empty where that is nothing.
  private(set) var rounded: [QuantitySums] = []
  private(set) var torchGivesNaN = false

  /// - Parameter costly: other temperatures and top-k lists too.
  init(_ block: LogitsBlock, costly: Bool) {
    var comparer = QuantityMeasurer(block, costly: costly)
    sums = comparer.sums()
    torchGivesNaN = comparer.torchGivesNaN
    guard block.grain != .none else { return }
    for draw in 0..<Self.draws {
      var measurerOfMoved = QuantityMeasurer(Self.moved(block, draw: draw), costly: costly && draw == 0)
      rounded.append(measurerOfMoved.sums())
    }
  }

  /// How often logits are moved: one tells how far values move only within a factor of two or three.
  private static let draws = 4

  /// Takes in another part of the record.
  mutating func merge(_ other: LogitsQuantities) {
    sums.merge(other.sums)
    torchGivesNaN = torchGivesNaN || other.torchGivesNaN
    rounded = QuantitySums.merged(rounded, other.rounded)
  }

  /// Exponentials that a block costs.
  static func cost(of block: LogitsBlock, costly: Bool) -> Int {
    let cheap = 38
    let each = costly ? 3 * 2 * RowQuantity.temperatures.count + 30 + cheap : cheap
    let (cost, overflow) = block.entries.multipliedReportingOverflow(
      by: block.grain == .none ? each : 2 * each + (draws - 1) * cheap)
    return overflow ? .max : cost
  }

  private static func moved(_ block: LogitsBlock, draw: Int) -> LogitsBlock {
    var block = block
    // Other logits move by other numbers: the same ones at every step would be one draw.
    var state = block.policy.reduce(0x9E37_79B9_7F4A_7C15 &+ UInt64(draw)) {
      ($0 ^ $1.bitPattern) &* 0x100_0000_01B3
    }
    func move(_ value: Double) -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return value + (Double(state >> 11) * 0x1p-53 - 0.5) * block.grain.unit(at: value)
    }
    block.policy = block.policy.map(move)
    block.reference = block.reference.map(move)
    block.previousPolicy = block.previousPolicy?.map(move)
    return block
  }
}
