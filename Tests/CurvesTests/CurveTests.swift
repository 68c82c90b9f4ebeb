import TestSupport
import Testing

@testable import Curves

struct CurveTests {
  @Test(arguments: [1, 2, 3, 10, 97, 400])
  func `Every point lies in exactly one column, in the one of its step`(columns: Int) {
    let curve = RandomCurve(points: 1500, seed: UInt64(columns))
    for window in [
      CurveWindow(firstStep: 0, lastStep: curve.lastStep, columns: columns),
      CurveWindow(firstStep: 100, lastStep: 130, columns: columns),
      CurveWindow(firstStep: -50, lastStep: 3 * curve.lastStep, columns: columns),
      CurveWindow(firstStep: 0, lastStep: min(200, curve.lastStep), columns: columns),
      CurveWindow(firstStep: 7, lastStep: 7, columns: columns),
    ] {
      let columns = curve.branch.columns(window, smoothing: 0, rows: curve.rows)
      let expected = curve.bruteForce(window)
      #expect(columns.map(\.column) == expected.map(\.column))
      // As texts, where NaN equals itself.
      for (column, expected) in zip(columns, expected) { #expect("\(column)" == "\(expected)") }
    }
  }

  @Test func `The first and the last step lie in the first and the last column`() {
    let window = CurveWindow(firstStep: -3, lastStep: 1000, columns: 77)
    #expect(window.column(ofStep: -3) == 0)
    #expect(window.column(ofStep: 1000) == 76)
    #expect(window.column(ofStep: -4) == -1)
    #expect(window.column(ofStep: 1001) == 77)
  }

  @Test func `A million points of one step are one column`() {
    var curve = RandomCurve(points: 0, seed: 1)
    for index in 0..<100_000 { curve.add(Double(index % 10), step: 0) }
    let columns = curve.branch.columns(
      CurveWindow(firstStep: 0, lastStep: 0, columns: 100), smoothing: 0, rows: curve.rows)
    #expect(columns.map(\.points) == [100_000])
    #expect(columns.first?.extent.maximum == 9)
  }

  @Test func `Steps at both ends of the integers are drawn`() {
    var curve = RandomCurve(points: 0, seed: 1)
    for step in [Int.min, -1, 0, 1, .max] { curve.add(1, step: step) }
    let columns = curve.branch.columns(
      CurveWindow(firstStep: .min, lastStep: .max, columns: 11), smoothing: 0, rows: curve.rows)
    #expect(columns.map(\.column) == [0, 5, 10])
    #expect(columns.map(\.points) == [1, 3, 1])
  }

  @Test func `A spike of one step among very many is seen`() {
    var curve = RandomCurve(points: 0, seed: 1)
    let spike = 654_321
    for step in 0..<1_000_000 { curve.add(step == spike ? 50 : step == spike + 1 ? .nan : 1, step: step) }
    let window = CurveWindow(firstStep: 0, lastStep: 999_999, columns: 400)
    let columns = curve.branch.columns(window, smoothing: 0, rows: curve.rows)
    #expect(columns.count == 400)
    #expect(columns.filter { $0.extent.maximum == 50 }.map(\.column) == [window.column(ofStep: spike)])
    #expect(columns.filter { $0.extent.nonfinite == .nan }.count == 1)
  }

  @Test
  func `The extremes, the count of values at or below zero and a sample are those of the points in sight`() {
    let curve = RandomCurve(points: 2000, seed: 12)
    let points = CurvePoints(curve.branch, rows: curve.rows)
    for steps in [0...curve.lastStep, 50...300, 700...701, curve.lastStep + 5...curve.lastStep + 9] {
      let window = CurveWindow(firstStep: steps.lowerBound, lastStep: steps.upperBound, columns: 1)
      let inside = curve.values.indices.filter { steps.contains(curve.step($0)) && curve.values[$0].isFinite }
      let values = inside.map { curve.values[$0] }
      func step(of value: Double?) -> Int? {
        inside.first { curve.values[$0] == value }.map { curve.step($0) }
      }
      #expect(points.step(of: .lowest, in: window) == step(of: values.min()))
      #expect(points.step(of: .highest, in: window) == step(of: values.max()))
      let nonpositive = values.count { $0 <= 0 }
      #expect(points.nonpositiveCount(in: window, atMost: .max) == nonpositive)
      #expect(points.nonpositiveCount(in: window, atMost: 7) == min(7, nonpositive))
      #expect(points.sample(in: window, count: .max) == values)
      #expect(Set(points.sample(in: window, count: 10)).isSubset(of: values))
    }
  }

  @Test func `The smoothed value is the average through the last point of the column`() {
    let curve = RandomCurve(points: 3000, seed: 4)
    let window = CurveWindow(firstStep: 100, lastStep: curve.lastStep, columns: 50)
    let columns = curve.branch.columns(window, smoothing: 0.9, rows: curve.rows)
    for column in columns {
      let end = (0..<curve.branch.count).last { window.column(ofStep: curve.step($0)) == column.column } ?? 0
      let expected = debiasedAverage(curve.values[...end], weight: 0.9)
      let smoothed = column.smoothed ?? .nan
      #expect(abs(smoothed - expected) <= 1e-4 * 10, "column \(column.column)")
    }
  }
}

/// A branch of random values and steps, with NaN and infinities, steps repeated and left out.
private struct RandomCurve {
  private(set) var branch = SeriesBranch()
  private(set) var rows = RowTable()
  private(set) var values: [Double] = []

  init(points: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var step = 0
    for _ in 0..<points {
      step += [0, 0, 1, 1, 1, 5].randomElement(using: &random) ?? 1
      let value = [.nan, .infinity].randomElement(using: &random) ?? 0.0
      add(
        Int.random(in: 0..<100, using: &random) == 0 ? value : Double.random(in: -5..<5, using: &random),
        step: step)
    }
  }

  var lastStep: Int { branch.lastStep }

  mutating func add(_ value: Double, step: Int) {
    _ = branch.add(value, row: rows.count, step: step)
    rows.append(step: step, time: .nan)
    values.append(value)
  }

  func step(_ index: Int) -> Int { branch.step(index, rows: rows) }

  func bruteForce(_ window: CurveWindow) -> [CurveColumn] {
    let shown = values.indices.filter {
      step($0) >= window.firstStep && step($0) <= window.lastStep
    }
    let groups = Dictionary(grouping: shown) { window.column(ofStep: step($0)) }
    return groups.sorted { $0.key < $1.key }.map { column, indices in
      var extent = Extent()
      for index in indices { extent.include(values[index]) }
      return CurveColumn(
        column: column, extent: extent, first: values[indices[0]], last: values[indices[indices.count - 1]],
        points: indices.count, smoothed: nil)
    }
  }
}
