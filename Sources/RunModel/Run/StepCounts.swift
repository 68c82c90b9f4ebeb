internal import Curves

/// How often something held at each step, in the order of the steps.
///
/// Kept in blocks, so that a change anywhere and the total up to any step stay cheap with a million of them.
struct StepCounts: Sendable {
  private struct Block {
    var steps: [Int] = []
    var counts: [Int] = []
    var total = 0
  }

  private static let blockLimit = 1024

  /// None of them empty.
  private var blocks: [Block] = []

  init() {}

  /// Lowest step; `nil` where nothing held.
  var first: Int? { blocks.first?.steps.first }

  /// Highest step that is at most `step`.
  package func last(through step: Int) -> Int? {
    guard let block = blockIndex(of: step) else { return nil }
    let end = blocks[block].steps.partitionPoint { $0 <= step }
    return end > 0 ? blocks[block].steps[end - 1] : nil
  }

  /// How often it held at steps up to `step`.
  func total(through step: Int) -> Int {
    guard let last = blockIndex(of: step) else { return 0 }
    let end = blocks[last].steps.partitionPoint { $0 <= step }
    return blocks[..<last].reduce(0) { $0 + $1.total } + blocks[last].counts[..<end].reduce(0, +)
  }

  mutating func add(_ count: Int, at step: Int) { change(step) { $0 + count } }

  mutating func set(_ count: Int, at step: Int) { change(step) { _ in count } }

  /// Forgets every step from `step` on.
  mutating func removeAll(from step: Int) {
    while let block = blocks.last, let first = block.steps.first, first >= step { blocks.removeLast() }
    guard let last = blocks.indices.last else { return }
    let kept = blocks[last].steps.partitionPoint { $0 < step }
    blocks[last].total -= blocks[last].counts[kept...].reduce(0, +)
    blocks[last].steps.removeSubrange(kept...)
    blocks[last].counts.removeSubrange(kept...)
  }

  /// Every step above `step`, and how often it held there, in order.
  func all(above step: Int) -> [(step: Int, count: Int)] {
    blocks.drop { $0.steps[$0.steps.count - 1] <= step }.flatMap { block in
      block.steps.indices.lazy.filter { block.steps[$0] > step }.map { (block.steps[$0], block.counts[$0]) }
    }
  }

  /// The block that holds `step`, or would; `nil` where every step is higher.
  private func blockIndex(of step: Int) -> Int? {
    let end = blocks.partitionPoint { $0.steps[0] <= step }
    return end > 0 ? end - 1 : nil
  }

  private mutating func change(_ step: Int, _ newCount: (Int) -> Int) {
    let block = blockIndex(of: step) ?? 0
    if blocks.isEmpty { blocks.append(Block()) }
    let place = blocks[block].steps.partitionPoint { $0 < step }
    let isThere = place < blocks[block].steps.count && blocks[block].steps[place] == step
    let old = isThere ? blocks[block].counts[place] : 0
    let new = newCount(old)
    blocks[block].total += new - old
    if isThere, new > 0 {
      blocks[block].counts[place] = new
    } else if isThere {
      blocks[block].steps.remove(at: place)
      blocks[block].counts.remove(at: place)
    } else if new > 0 {
      blocks[block].steps.insert(step, at: place)
      blocks[block].counts.insert(new, at: place)
    }
    rebalance(block)
  }

  private mutating func rebalance(_ block: Int) {
    let count = blocks[block].steps.count
    if count == 0 {
      blocks.remove(at: block)
    } else if count > Self.blockLimit {
      // Steps mostly come in order: a full block stays full and the next one begins.
      let cut = block == blocks.count - 1 ? Self.blockLimit : count / 2
      let counts = Array(blocks[block].counts[cut...])
      let tail = Block(
        steps: Array(blocks[block].steps[cut...]), counts: counts, total: counts.reduce(0, +))
      blocks[block].steps.removeSubrange(cut...)
      blocks[block].counts.removeSubrange(cut...)
      blocks[block].total -= tail.total
      blocks.insert(tail, at: block + 1)
    }
  }
}
