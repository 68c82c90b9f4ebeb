import RunFeed
import Testing

@testable import Dashboard

struct ReplayPlayerTests {
  private let steps = 0...100

  @Test func `Ten steps a second at speed 1`() {
    var player = ReplayPlayer(isPlaying: true)
    player.tick(now: 50, steps: steps)
    #expect(player.step == 0, "the first tick only says what time it is")
    player.tick(now: 51, steps: steps)
    #expect(player.step == 10)
    player.tick(now: 51.5, steps: steps)
    #expect(player.step == 15)
  }

  @Test(arguments: ReplayPlayer.speeds)
  func `Time passes as many times faster as the speed says`(speed: Double) {
    var player = ReplayPlayer(speed: speed, isPlaying: true)
    player.tick(now: 0, steps: 0...1_000_000)
    for tick in 1...200 { player.tick(now: Double(tick) / 20, steps: 0...1_000_000) }
    #expect(abs(Double(player.step) - 100 * speed) <= 1, "ten seconds in twentieths")
  }

  @Test func `It stops at the end, and playing there begins again`() {
    var player = ReplayPlayer(step: 95, isPlaying: true)
    player.tick(now: 0, steps: steps)
    player.tick(now: 10, steps: steps)
    #expect(player.step == 100)
    #expect(!player.isPlaying)
    player.togglePlaying(now: 10, steps: steps)
    #expect(player.step == 0)
    player.tick(now: 11, steps: steps)
    #expect(player.step == 10)
  }

  @Test func `A pause costs no steps`() {
    var player = ReplayPlayer(isPlaying: true)
    player.tick(now: 0, steps: steps)
    player.tick(now: 1, steps: steps)
    player.togglePlaying(now: 1, steps: steps)
    player.tick(now: 1000, steps: steps)
    #expect(player.step == 10)
    player.togglePlaying(now: 1000, steps: steps)
    player.tick(now: 1001, steps: steps)
    #expect(player.step == 20)
  }

  @Test func `Seeking stays within the run`() {
    var player = ReplayPlayer()
    player.seek(to: 250, within: steps)
    #expect(player.step == 100)
    player.seek(to: -5, within: steps)
    #expect(player.step == 0)
    player.seek(to: 42, within: steps)
    #expect(player.step == 42)
  }

  @Test func `Speeds go up and down in their order and stop at both ends`() {
    var player = ReplayPlayer()
    player.changeSpeed(by: 1)
    #expect(player.speed == 2)
    player.changeSpeed(by: -1)
    player.changeSpeed(by: -1)
    #expect(player.speed == 0.5)
    for _ in 0..<20 { player.changeSpeed(by: 1) }
    #expect(player.speed == 1000)
    for _ in 0..<20 { player.changeSpeed(by: -1) }
    #expect(player.speed == 0.1)
  }

  @Test func `A clock that is set back moves nothing`() {
    var player = ReplayPlayer(step: 10, isPlaying: true)
    player.tick(now: 100, steps: steps)
    player.tick(now: 50, steps: steps)
    #expect(player.step == 10)
    player.tick(now: 51, steps: steps)
    #expect(player.step == 20)
  }

  @Test(arguments: [Int.min, .max])
  func `Any integer is a step to begin at`(step: Int) {
    var player = ReplayPlayer(step: step)
    #expect(player.step == step)
    player.tick(now: 0, steps: steps)
    #expect(player.step == (step < 0 ? 0 : 100))
    player.seek(to: step, within: Int.min...Int.max)
    #expect(player.step == step)
  }
}
