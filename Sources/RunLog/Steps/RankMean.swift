/// The mean over the ranks of one training: what they say of one step is one record.
///
/// A step waits until every rank has given it or something later, but for ranks that have fallen far behind: those are told
/// of, and the mean is over the others. What a rank gives anew, after a restart, is of a new launch and never averaged with
/// the old one.
struct RankMean {
  /// Where a record belongs, in the order in which records are handed over.
  private struct Place: Hashable, Comparable {
    var launch: Int
    var step: Int
    var isEval: Bool

    static func < (left: Place, right: Place) -> Bool {
      (left.launch, left.step, left.isEval ? 1 : 0) < (right.launch, right.step, right.isEval ? 1 : 0)
    }
  }

  /// What the ranks said of one place.
  private struct Group {
    var record: Record
    var ranks: Set<Int>
    /// Keys in the order in which they came, and the value of each rank.
    var keys: [UInt32] = []
    var values: [UInt32: [Int: Double]] = [:]
    var times: [Int: Double] = [:]
  }

  private struct Rank {
    var launch = 0
    var last: Place?
    /// Highest step of each key in this launch.
    var steps: [UInt32: Int] = [:]
    /// It fell far behind, and nobody waits for it.
    var isLeft = false
    /// Steps at which it came last of all, one after the other, and how many seconds behind the middle one.
    var slowest = (count: 0, seconds: 0.0)
  }

  private var groups: [Place: Group] = [:]
  private var ranks: [Int: Rank] = [:]
  /// The highest place that was handed over.
  private var handedOver: Place?
  private var told: Set<String> = []

  /// Steps that wait for a rank before it is left behind.
  private static let mostWaiting = 16
  /// Steps in a row at which one rank comes last.
  private static let decisiveSteps = 16

  /// True once several ranks are known: records go through `add`.
  var isUsed: Bool { ranks.count > 1 }

  /// Ranks that will give something, where their files tell.
  mutating func expect(_ numbers: some Sequence<Int>) {
    for number in numbers where ranks[number] == nil { ranks[number] = Rank() }
  }

  /// Takes the records of a batch apart by the rank of each, and hands over those that are whole.
  ///
  /// - Parameters:
  ///   - rank: the rank of a record; `nil` for one that is of none.
  ///   - isRankKey: true for the keys that name the rank, which are no metrics.
  ///   - isIdle: all that is there of all ranks was read.
  mutating func merge(
    _ batch: RecordBatch, rank: (Int) -> Int?, isRankKey: (UInt32) -> Bool, isIdle: Bool
  ) -> RecordBatch {
    var merged = batch
    merged.records = []
    merged.numbers = []
    merged.numberKeys = []
    merged.texts = []
    merged.distributions = []
    merged.notices = []
    var notices = batch.notices[...]
    var distributions = batch.distributions[...]
    var texts = batch.texts[...]
    for index in batch.records.indices {
      while let notice = notices.first, notice.position <= index {
        note(notice, &merged)
        notices.removeFirst()
      }
      let own = distributions.prefix { $0.record == index }
      distributions = distributions.dropFirst(own.count)
      for var distribution in own {
        distribution.record = merged.records.count
        merged.distributions.append(distribution)
      }
      let ownTexts = texts.prefix { $0.record == index }
      texts = texts.dropFirst(ownTexts.count)
      let record = batch.records[index]
      guard let number = rank(index) else {
        for text in ownTexts {
          merged.texts.append(RecordText(record: merged.records.count, key: text.key, text: text.text))
        }
        append(record, batch.numberKeys[record.numbers], batch.numbers[record.numbers], to: &merged)
        continue
      }
      if !own.isEmpty { append(record, [], [], to: &merged) }
      add(record, of: number, in: batch, isRankKey: isRankKey)
    }
    for notice in notices { note(notice, &merged) }
    tellOfRanks(&merged)
    handOver(isIdle: isIdle, &merged)
    return merged
  }

  /// Hands over what is left where nothing more comes, and tells of ranks that ended before the others.
  mutating func finish(_ batch: inout RecordBatch) {
    for place in groups.keys.sorted() { handOver(place, &batch) }
    guard let furthest = ranks.values.compactMap(\.last).max() else { return }
    for (number, rank) in ranks.sorted(by: { $0.key < $1.key }) where !rank.isLeft {
      guard let last = rank.last else {
        tell("rank \(number) gave nothing: the mean is over the others", &batch)
        continue
      }
      guard last < furthest, last.step < furthest.step || last.launch < furthest.launch else { continue }
      tell("rank \(number) ends at step \(last.step), others at \(furthest.step)", &batch)
    }
  }

  private func note(_ notice: LogNotice, _ batch: inout RecordBatch) {
    var notice = notice
    notice.position = batch.records.count
    batch.notices.append(notice)
  }

  // MARK: - Taking in

  private mutating func add(
    _ record: Record, of number: Int, in batch: RecordBatch, isRankKey: (UInt32) -> Bool
  ) {
    var rank = ranks[number] ?? Rank()
    let keys = record.numbers.map { batch.numberKeys[$0] }
    let isAgain = keys.contains { key in !isRankKey(key) && rank.steps[key].map { record.step < $0 } ?? false
    }
    if isAgain {
      rank.launch += 1
      rank.steps = [:]
    }
    for key in keys { rank.steps[key] = max(record.step, rank.steps[key] ?? .min) }
    let place = Place(launch: rank.launch, step: record.step, isEval: record.phase == .eval)
    rank.last = max(place, rank.last ?? place)
    var group = groups[place] ?? Group(record: record, ranks: [])
    group.ranks.insert(number)
    if record.time.isFinite { group.times[number] = record.time }
    for index in record.numbers {
      let key = batch.numberKeys[index]
      if isRankKey(key) { continue }
      if group.values[key] == nil { group.keys.append(key) }
      group.values[key, default: [:]][number] = batch.numbers[index]
    }
    // What comes when nobody waits for it any more would be a second value of its step.
    let isTooLate = rank.isLeft && handedOver.map { place <= $0 } ?? false
    if !isTooLate {
      groups[place] = group
      rank.isLeft = false
    }
    ranks[number] = rank
  }

  // MARK: - Handing over

  private mutating func handOver(isIdle: Bool, _ batch: inout RecordBatch) {
    var waiting = groups.keys.sorted()[...]
    while let place = waiting.first {
      let missing = ranks.filter { _, rank in
        !rank.isLeft && !(rank.last.map { isIdle ? $0 >= place : $0 > place } ?? false)
      }
      if !missing.isEmpty {
        guard isIdle, waiting.count > Self.mostWaiting else { return }
        for (number, rank) in missing.sorted(by: { $0.key < $1.key }) {
          ranks[number]?.isLeft = true
          let since = rank.last.map { "since step \($0.step)" } ?? "yet"
          tell(
            "rank \(number) has given nothing \(since), and others are at step \(waiting.last?.step ?? 0): the mean is over the others",
            &batch)
        }
        continue
      }
      handOver(place, &batch)
      waiting = waiting.dropFirst()
    }
  }

  private mutating func handOver(_ place: Place, _ batch: inout RecordBatch) {
    guard let group = groups.removeValue(forKey: place) else { return }
    var record = group.record
    if let time = group.times.values.max() { record.time = time }
    handedOver = max(place, handedOver ?? place)
    append(record, group.keys, group.keys.map { Self.mean(group.values[$0] ?? [:]) }, to: &batch)
    noteTimes(group, &batch)
  }

  private func append(
    _ record: Record, _ keys: some Collection<UInt32>, _ values: some Collection<Double>,
    to batch: inout RecordBatch
  ) {
    var record = record
    let first = batch.numbers.count
    batch.numberKeys.append(contentsOf: keys)
    batch.numbers.append(contentsOf: values)
    record.numbers = first..<batch.numbers.count
    batch.records.append(record)
  }

  /// The mean of what the ranks say, which does not depend on their order; exactly their value where all say the same.
  private static func mean(_ values: [Int: Double]) -> Double {
    let sorted = values.values.sorted()
    guard let first = sorted.first, let last = sorted.last, first != last else {
      return values.values.first ?? .nan
    }
    if values.values.contains(where: \.isNaN) { return .nan }
    let scale = Double(sorted.count)
    // Infinities give what adding them gives.
    let sum = sorted.reduce(0, +)
    return sum.isFinite || !first.isFinite || !last.isFinite
      ? sum / scale : sorted.reduce(0) { $0 + $1 / scale }
  }

  // MARK: - Telling

  private mutating func tellOfRanks(_ batch: inout RecordBatch) {
    guard ranks.count > 1 else { return }
    tell("several ranks write: each curve is the mean over them", &batch)
  }

  /// Finds a rank that comes last all the time.
  private mutating func noteTimes(_ group: Group, _ batch: inout RecordBatch) {
    guard group.times.count > 2, let slowest = group.times.max(by: { $0.value < $1.value }) else { return }
    let times = group.times.values.sorted()
    let delay = slowest.value - times[times.count / 2]
    let spread = times[times.count - 2] - times[0]
    for number in group.times.keys where number != slowest.key { ranks[number]?.slowest = (0, 0) }
    guard delay > 2 * spread, delay > 0, var own = ranks[slowest.key]?.slowest else {
      ranks[slowest.key]?.slowest = (0, 0)
      return
    }
    own = (own.count + 1, own.seconds + delay)
    ranks[slowest.key]?.slowest = own
    guard own.count == Self.decisiveSteps else { return }
    let seconds = (own.seconds / Double(own.count) * 1000).rounded() / 1000
    tell("rank \(slowest.key) comes last at every step, \(seconds) s behind the others", &batch)
  }

  private mutating func tell(_ sentence: String, _ batch: inout RecordBatch) {
    guard told.insert(sentence).inserted else { return }
    batch.notices.append(
      LogNotice(position: batch.records.count, line: 0, kind: .remark(sentence)))
  }
}
