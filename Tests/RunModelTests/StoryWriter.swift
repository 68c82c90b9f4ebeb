import RunTestSupport
import TestSupport
import Testing

/// A trainer that writes a log in a fake file system while everything happens to the file that can happen, and that knows
/// what a reader must hold in the end.
struct StoryWriter {
  /// How the lines of a kind of log look.
  struct Form: Sendable, CustomTestStringConvertible {
    var name: String
    var line: @Sendable (Int, Double) -> String
    /// A line of an evaluation; `nil` where there are none.
    var evaluation: (@Sendable (Int, Double) -> String)? = nil
    /// A line may be cut anywhere: its rest is told from the next line.
    var canBeTorn: Bool

    var testDescription: String { name }

    static let all = [
      Form(name: "JSON", line: { "{\"step\":\($0),\"loss\":\($1)}\n" }, canBeTorn: true),
      Form(
        name: "JSON with late evaluations", line: { "{\"step\":\($0),\"loss\":\($1)}\n" },
        evaluation: { "{\"step\":\($0),\"eval_loss\":\($1)}\n" }, canBeTorn: true),
      Form(
        name: "pairs in text", line: { "step \($0): loss \($1)\n" },
        evaluation: { "step \($0): eval_loss \($1)\n" },
        canBeTorn: false),
      Form(name: "torchtune", line: { "Step \($0) | loss:\($1) \n" }, canBeTorn: false),
      Form(name: "verl console", line: { "step:\($0) - loss:\($1)\n" }, canBeTorn: false),
    ]
  }

  private struct Point {
    var step: Int
    var value: Double
    var isEvaluation = false
    /// Bytes that its line takes, with what is left of a torn one before it.
    var bytes = 0
  }

  let files: FakeFileSystem
  let path: String
  private let form: Form
  private(set) var written = 0
  private var generator: SplitMix64
  /// Whole lines of the file as it is.
  private var lines: [Point] = []
  /// The branch that the run is on.
  private var branch: [Point] = []
  /// Bytes of the file that end its last whole line, and of a line that is begun.
  private var begun: [UInt8] = []
  private var pending: Point?
  private var step = 0
  private var rotations = 0
  /// Bytes of a line that was cut off, at the end of the file.
  private var torn = 0
  /// Evaluations that are still computed, and how many lines come before each.
  private var computed: [(lines: Int, point: Point)] = []
  /// Lines that a restart needs to be told from anything else.
  private var owed = 0
  /// The next line is a restart, whatever its step is.
  private var isRestarting = false
  /// Points of the branch that were there when the file began anew.
  private var restartedAt = 0

  init(_ files: FakeFileSystem, path: String, form: Form, seed: UInt64) {
    self.files = files
    self.path = path
    self.form = form
    generator = SplitMix64(seed: seed)
  }

  /// What a reader must hold now.
  var expected: [Int: Double] { values { !$0.isEvaluation } }

  /// The same of evaluations.
  var expectedEvaluations: [Int: Double] { values(\.isEvaluation) }

  private func values(_ isIncluded: (Point) -> Bool) -> [Int: Double] {
    Dictionary(branch.filter(isIncluded).map { ($0.step, $0.value) }, uniquingKeysWith: { $1 })
  }

  private func line(of point: Point) -> String {
    (point.isEvaluation ? form.evaluation ?? form.line : form.line)(point.step, point.value)
  }

  mutating func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  /// Writes some lines, cut anywhere: the last one may be left without its end.
  mutating func writeSome() {
    finishWriting()
    var bytes: [UInt8] = []
    let count = max(random(1...400), owed)
    owed = 0
    for _ in 0..<count {
      for point in [nextPoint()] + computedNow() {
        bytes += Array(line(of: point).utf8)
        note(point)
      }
    }
    if random(0...1) == 0 {
      let point = nextPoint()
      let line = Array(form.line(point.step, point.value).utf8)
      // Without its last digit a line may be a whole other one.
      let cut = random(0...form.line(point.step, 0).utf8.count - 5)
      bytes += line[..<cut]
      begun = Array(line[cut...])
      pending = point
    }
    files.append(path, bytes)
  }

  /// Writes the rest of the line that was begun.
  mutating func finishWriting() {
    files.append(path, begun)
    begun = []
    if let pending { note(pending) }
    pending = nil
  }

  /// The trainer resumes from a checkpoint: steps come again.
  mutating func resume() {
    step = max(0, step - random(0...200))
    // What the old process was computing is lost.
    computed = []
    owed = 8
  }

  /// Evaluations that are done with; another one may be begun.
  private mutating func computedNow() -> [Point] {
    guard form.evaluation != nil else { return [] }
    for index in computed.indices { computed[index].lines -= 1 }
    let done = computed.filter { $0.lines <= 0 }.map(\.point)
    computed.removeAll { $0.lines <= 0 }
    if random(0...9) == 0 {
      written += 1
      computed.append((random(1...50), Point(step: step, value: Double(written), isEvaluation: true)))
    }
    return done
  }

  /// Writes enough for a reader to decide what the last lines were.
  mutating func settle() {
    owed = 8
    writeSome()
    finishWriting()
  }

  /// The file is moved away and a new one is begun.
  mutating func rotate() {
    finishWriting()
    rotations += 1
    files.rename(path, to: "\(path).\(rotations)")
    begin()
  }

  /// Another file takes the place of the one that is there.
  mutating func replace() {
    finishWriting()
    begin()
  }

  /// The path is made to name another file.
  mutating func relink() {
    finishWriting()
    rotations += 1
    files.create("\(path).\(rotations)", "")
    files.link(path, to: "\(path).\(rotations)")
    startOver(with: [])
  }

  /// The file is emptied where it is, after its content was copied elsewhere.
  mutating func copyAndTruncate() {
    finishWriting()
    files.truncate(path, to: 0)
    startOver(with: [])
  }

  /// The end of the file is cut off, in the middle of a line where that can be told.
  mutating func shrink() {
    finishWriting()
    guard let last = lines.indices.last else { return }
    let kept = Array(lines[...random(0...last)].dropLast())
    let next = lines[kept.count]
    let isTorn = form.canBeTorn && !kept.isEmpty && next.bytes == line(of: next).utf8.count
    let shortest = Point(step: next.step, value: 0, isEvaluation: next.isEvaluation)
    let rest = isTorn ? random(0...line(of: shortest).utf8.count - 4) : 0
    files.truncate(path, to: kept.reduce(0) { $0 + $1.bytes } + rest)
    startOver(with: kept)
    torn = rest
  }

  mutating func delete() {
    finishWriting()
    files.remove(path)
    startOver(with: [])
  }

  /// A network file system shows zeros where a write has not arrived, and then the write.
  mutating func writeThroughZeros(readBetween: (StoryWriter) -> Void) {
    finishWriting()
    let point = nextPoint()
    let line = Array(form.line(point.step, point.value).utf8)
    files.append(path, [UInt8](repeating: 0, count: line.count))
    readBetween(self)
    files.overwriteEnd(of: path, line)
    let before = torn
    startOver(with: lines)
    torn = before
    note(point)
  }

  private mutating func nextPoint() -> Point {
    step += random(0...9) == 0 ? 0 : 1
    written += 1
    return Point(step: step, value: Double(written))
  }

  private mutating func begin() {
    files.create(path, "")
    startOver(with: [])
  }

  private mutating func note(_ point: Point) {
    var line = point
    line.bytes = self.line(of: point).utf8.count + torn
    torn = 0
    lines.append(line)
    add(point)
  }

  private mutating func add(_ point: Point) {
    // A late evaluation moves nothing, and does not say where a file goes on.
    guard !point.isEvaluation else { return branch.append(point) }
    let last = branch.last { !$0.isEvaluation }
    if isRestarting || last.map({ point.step < $0.step }) ?? false {
      let since = isRestarting ? restartedAt : branch.count
      branch = branch.enumerated().filter { $0.element.step < point.step || $0.offset >= since }.map(
        \.element)
    }
    isRestarting = false
    branch.append(point)
  }

  /// A reader reads the file from its start.
  private mutating func startOver(with kept: [Point]) {
    lines = kept
    torn = 0
    isRestarting = true
    restartedAt = branch.count
    for point in kept { add(point) }
  }
}
