internal import Curves
package import RunModel

/// Where a replay stands and how fast it plays; time comes from outside.
package struct ReplayPlayer: Sendable, Hashable {
  /// What passes evenly while it plays.
  package enum Pace: String, Sendable, Hashable, CaseIterable {
    /// Steps: so many a second.
    case steps
    /// The time in the log: with the gaps that the run had.
    case recorded
  }

  /// What the arrow keys go to.
  package enum JumpUnit: String, Sendable, Hashable, CaseIterable {
    case step
    case evaluation
    case finding
    case restart
  }

  /// Steps per second at speed 1.
  package static let stepsPerSecond = 10.0
  package static let speeds: [Double] = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

  /// Fractional, so that slow speeds add up.
  private var position: Double
  package private(set) var isPlaying: Bool
  package private(set) var speed: Double
  package private(set) var pace: Pace
  package var jumpUnit = JumpUnit.step
  /// True while the mouse holds the position.
  package var isDragged = false
  private var lastTick: Double?
  /// Where it stands in the time of the log, seconds since 1970, while that is what passes.
  private var recordedTime: Double?

  package init(step: Int = 0, speed: Double = 1, pace: Pace = .steps, isPlaying: Bool = false) {
    position = Double(step)
    self.speed = speed
    self.pace = pace
    self.isPlaying = isPlaying
  }

  /// The step the replay stands at.
  package var step: Int { Int(nearest: position.rounded(.down)) }

  /// Moves on by the time that passed since the last tick; stops at the end.
  ///
  /// - Parameter run: tells the recorded time; without times steps pass evenly.
  package mutating func tick(now: Double, steps: ClosedRange<Int>, run: RunModel? = nil) {
    defer { lastTick = now }
    clamp(to: steps)
    guard isPlaying, let lastTick, now > lastTick else { return }
    let passed = (now - lastTick) * speed
    if pace == .recorded, let run, let began = recordedTime ?? run.time(at: step) {
      let time = began + passed
      recordedTime = time
      position = max(position, run.lastStep(atTime: time).map(Double.init) ?? position)
    } else {
      position += passed * Self.stepsPerSecond
    }
    if position >= Double(steps.upperBound) {
      position = Double(steps.upperBound)
      isPlaying = false
      recordedTime = nil
    }
  }

  /// Plays or pauses; playing at the end begins again.
  package mutating func togglePlaying(now: Double, steps: ClosedRange<Int>) {
    isPlaying.toggle()
    lastTick = now
    recordedTime = nil
    if isPlaying, step >= steps.upperBound { position = Double(steps.lowerBound) }
  }

  package mutating func seek(to step: Int, within steps: ClosedRange<Int>) {
    position = Double(step)
    recordedTime = nil
    clamp(to: steps)
  }

  /// The next faster (`offset` 1) or slower (−1) speed.
  package mutating func changeSpeed(by offset: Int) {
    let nearest = Self.speeds.indices.min { abs(Self.speeds[$0] - speed) < abs(Self.speeds[$1] - speed) } ?? 0
    speed = Self.speeds[min(max(nearest + offset, 0), Self.speeds.count - 1)]
  }

  /// Lets steps pass evenly, or the time of the log.
  package mutating func togglePace() {
    pace = pace == .steps ? .recorded : .steps
    recordedTime = nil
  }

  /// Lets the arrow keys go to something else.
  package mutating func nextJumpUnit() {
    let all = JumpUnit.allCases
    jumpUnit = all[((all.firstIndex(of: jumpUnit) ?? 0) + 1) % all.count]
  }

  private mutating func clamp(to steps: ClosedRange<Int>) {
    position = min(max(position, Double(steps.lowerBound)), Double(steps.upperBound))
  }
}
