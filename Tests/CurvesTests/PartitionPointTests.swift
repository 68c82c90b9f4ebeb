import Testing

@testable import Curves

struct PartitionPointTests {
  @Test func `Halving finds the first place from every start`() {
    for lower in 0...9 {
      for upper in lower...9 {
        for answer in lower...upper {
          #expect((lower..<upper).firstIndex(fromWhich: { $0 >= answer }) == answer)
          for guess in -2...12 {
            #expect(
              (lower..<upper).firstIndex(near: guess, fromWhich: { $0 >= answer }) == answer,
              "\(lower)..<\(upper), \(answer) guessed at \(guess)")
          }
        }
      }
    }
  }

  @Test func `A good guess needs few questions`() {
    var questions = 0
    let place = (0..<1_000_000).firstIndex(near: 500_003) {
      questions += 1
      return $0 >= 500_000
    }
    #expect(place == 500_000)
    #expect(questions < 8)
  }

  @Test func `An array is parted where its front ends`() {
    #expect([1, 2, 2, 3].partitionPoint { $0 < 2 } == 1)
    #expect([1, 2, 2, 3].partitionPoint { $0 <= 2 } == 3)
    #expect([Int]().partitionPoint { _ in true } == 0)
  }
}
