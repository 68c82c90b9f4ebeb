import TestSupport
import Testing

@testable import Curves

struct ChunkedColumnTests {
  private static let chunk = ChunkedColumn<Int>.chunkCount

  @Test(arguments: [0, 1, 15, 16, 17, 4095, 4096, 4097, 8191, 8192, 8193])
  func `Elements come back in the order they were appended`(count: Int) {
    let column = ChunkedColumn(0..<count)
    #expect(column.count == count)
    #expect(column.elements == Array(0..<count))
  }

  @Test func `A column can be cut to every size and grows on from there`() {
    let full = ChunkedColumn(0..<2 * Self.chunk + 3)
    let edges = [0, 1, 2, Self.chunk - 1, Self.chunk, Self.chunk + 1, 2 * Self.chunk - 1, 2 * Self.chunk]
    for size in edges + Array(2 * Self.chunk...2 * Self.chunk + 3) {
      var column = full
      column.truncate(to: size)
      column.append(-1)
      column.append(-2)
      #expect(column.elements == Array(0..<size) + [-1, -2], "cut to \(size)")
    }
    #expect(full.elements == Array(0..<2 * Self.chunk + 3))
  }

  @Test func `Cutting to more than there is changes nothing`() {
    var column = ChunkedColumn(0..<10)
    column.truncate(to: 11)
    #expect(column.elements == Array(0..<10))
  }

  @Test(arguments: [3, 4095, 4096, 4097])
  func `A copy keeps its elements while the original grows and is cut`(count: Int) {
    var column = ChunkedColumn(0..<count)
    let copy = column
    column.append(7)
    column.truncate(to: count)
    column.append(8)
    #expect(copy.elements == Array(0..<count))
    #expect(column.elements == Array(0..<count) + [8])
  }

  @Test func `A range is visited once and in order`() {
    let column = ChunkedColumn(0..<3 * Self.chunk)
    for range in [0..<0, 5..<9, Self.chunk - 1..<Self.chunk + 1, 0..<3 * Self.chunk, 4095..<8193] {
      var seen: [Int] = []
      column.forEach(in: range) { seen.append($0) }
      #expect(seen == Array(range))
    }
  }
}

extension ChunkedColumn where Element == Int {
  fileprivate init(_ elements: Range<Int>) {
    self.init()
    for element in elements { append(element) }
  }

  fileprivate var elements: [Int] { (0..<count).map { self[$0] } }
}
