/// How far the reference's distributions moved since each row was first seen.
package struct ReferenceShift: Sendable, Hashable {
  /// Rows of named samples, which are the same inputs every time.
  private(set) var rows = 0
  /// Σ D(first‖now) over them, nats.
  private(set) var sum = 0.0
  /// Rows of unnamed batches: the same inputs only if they stay closer to themselves than to their neighbours.
  private(set) var unnamedRows = 0
  private(set) var unnamedSum = 0.0
  /// Of `unnamedRows`, those nearer to their own first distribution than to their neighbour's.
  private(set) var unnamedNearest = 0

  /// Σ D(last‖now) of the reference over all rows, and Σ D(policy at the last‖now): what kind of move it is.
  private(set) var sinceLast = 0.0
  private(set) var toLastPolicy = 0.0

  package init() {}

  /// - Parameters:
  ///   - distance: of the reference from its last logits, nats.
  ///   - policy: of the policy's last logits from the reference's; NaN where they are not known.
  mutating func add(sinceLast distance: Double, toLastPolicy policy: Double) {
    sinceLast += distance
    toLastPolicy += policy
  }

  private var allRows: Int { rows + unnamedRows }

  /// Means over all rows, nats; `nil` where none can be compared.
  package var meanSinceLast: Double? { allRows > 0 ? sinceLast / Double(allRows) : nil }
  package var meanToLastPolicy: Double? {
    allRows > 0 && toLastPolicy.isFinite ? toLastPolicy / Double(allRows) : nil
  }

  mutating func add(_ distance: Double) {
    rows += 1
    sum += distance
  }

  /// - Parameter neighbour: distance to the first distribution of another row, nats.
  mutating func add(_ distance: Double, unnamedWith neighbour: Double) {
    unnamedRows += 1
    unnamedSum += distance
    if distance < neighbour { unnamedNearest += 1 }
  }

  package mutating func merge(_ other: ReferenceShift) {
    rows += other.rows
    sum += other.sum
    unnamedRows += other.unnamedRows
    unnamedSum += other.unnamedSum
    unnamedNearest += other.unnamedNearest
    sinceLast += other.sinceLast
    toLastPolicy += other.toLastPolicy
  }

  /// Fewest rows that show that unnamed batches are the same inputs: all would be nearest by chance once in 256 times.
  private static let fewestUnnamed = 8

  /// True where rows of unnamed batches are about the same inputs.
  package var unnamedAreSame: Bool {
    unnamedRows >= Self.fewestUnnamed && unnamedNearest * 10 >= unnamedRows * 9
  }

  /// Mean D(first‖now), nats; `nil` where no row can be compared.
  package func mean(withUnnamed: Bool) -> Double? {
    let count = rows + (withUnnamed ? unnamedRows : 0)
    return count > 0 ? (sum + (withUnnamed ? unnamedSum : 0)) / Double(count) : nil
  }
}
