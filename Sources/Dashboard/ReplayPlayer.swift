/// Where a replay stands and how fast it plays; time comes from outside.
package struct ReplayPlayer: Sendable, Hashable {
  /// Steps per second at speed 1.
  package static let stepsPerSecond = 10.0
  package static let speeds: [Double] = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

  /// Fractional, so that slow speeds add up.
  private var position: Double
  package private(set) var isPlaying: Bool
  package private(set) var speed: Double
  private var lastTick: Double?

  package init(step: Int = 0, speed: Double = 1, isPlaying: Bool = false) {
    position = Double(step)
    self.speed = speed
    self.isPlaying = isPlaying
  }

  /// The step the replay stands at.
  package var step: Int { Int(nearest: position.rounded(.down)) }

  /// Moves on by the time that passed since the last tick; stops at the end.
  package mutating func tick(now: Double, steps: ClosedRange<Int>) {
    defer { lastTick = now }
    clamp(to: steps)
    guard isPlaying, let lastTick, now > lastTick else { return }
    position += (now - lastTick) * speed * Self.stepsPerSecond
    if position >= Double(steps.upperBound) {
      position = Double(steps.upperBound)
      isPlaying = false
    }
  }

  /// Plays or pauses; playing at the end begins again.
  package mutating func togglePlaying(now: Double, steps: ClosedRange<Int>) {
    isPlaying.toggle()
    lastTick = now
    if isPlaying, step >= steps.upperBound { position = Double(steps.lowerBound) }
  }

  package mutating func seek(to step: Int, within steps: ClosedRange<Int>) {
    position = Double(step)
    clamp(to: steps)
  }

  /// The next faster (`offset` 1) or slower (−1) speed.
  package mutating func changeSpeed(by offset: Int) {
    let nearest = Self.speeds.indices.min { abs(Self.speeds[$0] - speed) < abs(Self.speeds[$1] - speed) } ?? 0
    speed = Self.speeds[min(max(nearest + offset, 0), Self.speeds.count - 1)]
  }

  private mutating func clamp(to steps: ClosedRange<Int>) {
    position = min(max(position, Double(steps.lowerBound)), Double(steps.upperBound))
  }
}
