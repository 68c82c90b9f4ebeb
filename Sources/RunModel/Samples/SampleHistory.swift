internal import Curves
internal import RunLog

/// Every evaluation of every sample of one phase and set, in columns that stay when the pictures are let go.
///
/// A column is one step. Each record carries what had happened until then, so that the state at any step is read off
/// the last columns at or before it. Columns never change once a later one is there, and copies share them.
struct SampleHistory: Sendable {
  /// The samples of one step.
  private struct Column: Sendable {
    let step: Int
    /// Index into `cohorts`.
    let cohort: Int
    /// In the order of the cohort.
    var records = ContiguousArray<SampleRecord>()
    /// Likeliest class of the policy on every row of every record.
    var tops = ContiguousArray<Int32>()
    /// Those of its samples that have a target.
    var flipping: NearFlipping

    func tops(of record: SampleRecord) -> ArraySlice<Int32> {
      let first = Int(record.firstRow)
      return tops[first..<first + Int(record.rows)]
    }
  }

  /// Where a record stands.
  private struct Place: Sendable {
    var column: Int
    var record: Int
  }

  private let phase: Phase
  /// Name of each sample by its number.
  private(set) var names: [SampleName] = []
  private var numbers: [SampleName: Int] = [:]
  /// Numbers of samples that are measured together, rising: mostly the same at every step.
  private var cohorts: [[Int]] = []
  private var cohortIndices: [[Int]: Int] = [:]
  private var columns: [Column] = []
  /// The last record of each sample.
  private var last: [Place?] = []

  init(phase: Phase) { self.phase = phase }

  /// Takes the evaluations from the first of `points` on anew.
  ///
  /// - Parameters:
  ///   - points: in the order of their steps.
  ///   - changed: steps whose samples are others than before: the rows of all other steps are not read again.
  mutating func update(with points: ArraySlice<StepDivergence>, changed: Set<Int>) {
    guard let first = points.first else { return }
    let start = columns.partitionPoint { $0.step < first.step }
    let unchanged = Dictionary(
      columns[start...].lazy.filter { !changed.contains($0.step) }.map { ($0.step, $0) },
      uniquingKeysWith: { first, _ in first })
    truncate(from: first.step)
    for point in points {
      if let column = unchanged[point.step] { append(column) } else { append(point) }
    }
  }

  /// Forgets every evaluation from `step` on.
  mutating func truncate(from step: Int) {
    let start = columns.partitionPoint { $0.step < step }
    guard start < columns.count else { return }
    columns.removeSubrange(start...)
    last = places(at: .max)
  }

  /// Rows of unnamed training batches are others every time: nothing continues from one step to the next.
  private func recurs(_ name: SampleName) -> Bool {
    if case .row = name { phase != .train } else { true }
  }

  private mutating func append(_ point: StepDivergence) {
    let named = point.placesByName.map { (number: number(of: $0.name), place: $0.place) }
      .sorted { $0.number < $1.number }
    var column = Column(
      step: point.step, cohort: cohort(of: named.map(\.number)), flipping: NearFlipping(step: point.step))
    column.records.reserveCapacity(named.count)
    for (_, place) in named {
      let sample = point.samples[place]
      column.records.append(SampleRecord(sample, firstRow: column.tops.count))
      let rows = sample.rows
      column.tops.append(contentsOf: rows.indices.lazy.map { Int32(clamping: rows.policyTop($0)) })
    }
    append(column)
  }

  /// Appends a column whose records take over what had happened until then.
  private mutating func append(_ column: Column) {
    var column = column
    column.flipping = NearFlipping(step: column.step)
    for (place, number) in cohorts[column.cohort].enumerated() {
      let record = record(column.records[place].alone, of: number, in: column)
      if record.targets > 0 { column.flipping.note(record) }
      last[number] = Place(column: columns.count, record: place)
      column.records[place] = record
    }
    columns.append(column)
  }

  /// A record of a column with what had happened to its sample before.
  private func record(_ alone: SampleRecord, of number: Int, in column: Column) -> SampleRecord {
    var record = alone
    record.begins(step: column.step)
    guard let place = last[number], recurs(names[number]) else { return record }
    let before = columns[place.column].records[place.record]
    record.continues(
      before, topsBefore: columns[place.column].tops(of: before), tops: column.tops(of: record),
      step: column.step)
    return record
  }

  private mutating func number(of name: SampleName) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = names.count
    names.append(name)
    last.append(nil)
    return names.count - 1
  }

  private mutating func cohort(of numbers: [Int]) -> Int {
    if let column = columns.last, cohorts[column.cohort] == numbers { return column.cohort }
    if let index = cohortIndices[numbers] { return index }
    cohortIndices[numbers] = cohorts.count
    cohorts.append(numbers)
    return cohorts.count - 1
  }
}

// MARK: - Looking back

extension SampleHistory {
  /// One evaluation of one sample.
  struct Entry {
    var number: Int
    var step: Int
    var record: SampleRecord
  }

  /// Number of evaluations at or before `step`.
  func evaluations(at step: Int) -> Int { columns.partitionPoint { $0.step <= step } }

  /// Every sample as it was last measured at or before `step`.
  func entries(at step: Int) -> [Entry] {
    places(at: step).enumerated().compactMap { number, place in
      place.map {
        Entry(number: number, step: columns[$0.column].step, record: columns[$0.column].records[$0.record])
      }
    }
  }

  /// Every sample that was measured at exactly `step`, by its number.
  func entries(atExactly step: Int) -> [Entry] {
    let index = columns.partitionPoint { $0.step < step }
    guard index < columns.count, columns[index].step == step else { return [] }
    let column = columns[index]
    return zip(cohorts[column.cohort], column.records).map { Entry(number: $0, step: step, record: $1) }
  }

  /// For each evaluation how its samples stand.
  var nearFlipping: [NearFlipping] { columns.map(\.flipping) }

  /// Every evaluation of a sample, in the order of the steps.
  func entries(of name: SampleName) -> [Entry] {
    guard let number = numbers[name] else { return [] }
    let places = cohorts.indices.map { place(of: number, in: $0) }
    return columns.compactMap { column in
      places[column.cohort].map { Entry(number: number, step: column.step, record: column.records[$0]) }
    }
  }

  /// The last evaluation of a sample at or before `step`.
  func entry(of name: SampleName, at step: Int) -> Entry? {
    guard let number = numbers[name] else { return nil }
    // Mostly it is one of the last ones' samples; of each cohort one column is searched.
    var places: [Int: Int?] = [:]
    for index in (0..<evaluations(at: step)).reversed() {
      let cohort = columns[index].cohort
      let place = places[cohort] ?? self.place(of: number, in: cohort)
      places[cohort] = place
      guard let place else { continue }
      return Entry(number: number, step: columns[index].step, record: columns[index].records[place])
    }
    return nil
  }

  private func place(of number: Int, in cohort: Int) -> Int? {
    let place = cohorts[cohort].partitionPoint { $0 < number }
    return place < cohorts[cohort].count && cohorts[cohort][place] == number ? place : nil
  }

  /// The last record of each sample at or before `step`: of each cohort only the last column has to be looked at.
  private func places(at step: Int) -> [Place?] {
    var places = [Place?](repeating: nil, count: names.count)
    var isDone = Array(repeating: false, count: cohorts.count)
    let end = evaluations(at: step)
    for index in (0..<end).reversed() where !isDone[columns[index].cohort] {
      let cohort = columns[index].cohort
      isDone[cohort] = true
      for (record, number) in cohorts[cohort].enumerated() where places[number] == nil {
        guard index == end - 1 || recurs(names[number]) else { continue }
        places[number] = Place(column: index, record: record)
      }
    }
    return places
  }
}
