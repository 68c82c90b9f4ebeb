/// Who wrote a record, as far as it says.
struct WriterTag: Sendable, Hashable {
  /// Its rank and host: programs that write side by side. 0 where it names none.
  var place = 0
  /// Its process or launch: programs that follow each other, unless an earlier one writes on. 0 where it names none.
  var session = 0
}

/// What the texts of a batch say about the writers of its records.
struct WriterTexts {
  private var tags: [Int: WriterTag] = [:]

  init(_ batch: borrowing RecordBatch) {
    for text in batch.texts {
      switch StepKeyRole(ofKey: text.key) {
      case .place: tags[text.record, default: WriterTag()].place ^= text.text.hashValue
      case .session: tags[text.record, default: WriterTag()].session ^= text.text.hashValue
      case .epoch, .other: break
      }
    }
  }

  var isEmpty: Bool { tags.isEmpty }

  /// The writer of a record, from its texts and its numbers.
  func tag(of index: Int, _ shape: RowShape, _ record: Record, in batch: borrowing RecordBatch) -> WriterTag {
    var tag = tags[index] ?? WriterTag()
    // 0 names a writer too.
    for place in shape.places {
      tag.place ^= (batch.numbers[record.numbers.lowerBound + place] + 1).hashValue
    }
    for place in shape.sessions {
      tag.session ^= (batch.numbers[record.numbers.lowerBound + place] + 1).hashValue
    }
    return tag
  }
}

/// The order of steps of each writer of a source; of all of them together until two give one key at one step.
struct WriterOrders: Sendable {
  private var whole = LeadOrder()
  /// One for each writer, once they are told apart.
  private var separate: [WriterTag: LeadOrder] = [:]
  private(set) var isSplit = false
  private var lastTag: WriterTag?
  /// Sessions that were followed by another one.
  private var formerSessions: Set<Int> = []

  private static let mostSessions = 1024

  init() {}

  /// Begins with a step that was given before anybody looked.
  init(startingAt step: Int?) {
    if let step { whole = LeadOrder(startingAt: step) }
  }

  /// The order that a writer's rows are in; before writers are told apart that of all.
  subscript(tag: WriterTag) -> LeadOrder { isSplit ? separate[tag] ?? LeadOrder() : whole }

  /// True where a row without a tag goes on with the branch; nothing else is needed then.
  @inline(__always)
  mutating func goesOn(_ row: LeadOrder.Row) -> Bool { !isSplit && whole.goesOn(row) }

  mutating func add(_ row: LeadOrder.Row, of tag: WriterTag, to decisions: inout [LeadOrder.Decision]) {
    if isSplit {
      separate[tag, default: LeadOrder()].add(row, to: &decisions)
    } else {
      whole.add(row, to: &decisions)
    }
  }

  /// Takes note of the writer of the next row.
  ///
  /// - Returns: the writer that what came so far is of, where the row shows that several write side by side.
  mutating func begin(_ row: LeadOrder.Row, of tag: WriterTag) -> WriterTag? {
    guard !isSplit, tag != lastTag else { return nil }
    guard let former = lastTag else {
      lastTag = tag
      return nil
    }
    lastTag = tag
    let repeatsStep = tag.place != former.place && whole.steps.contains(row.step)
    let comesBack = tag.session != former.session && formerSessions.contains(tag.session)
    if formerSessions.count < Self.mostSessions { formerSessions.insert(former.session) }
    guard repeatsStep || comesBack else { return nil }
    isSplit = true
    let owner = comesBack ? tag : former
    separate[owner] = whole
    return owner
  }

  /// All that are still undecided.
  var undecided: (fromStep: Int, toStep: Int)? {
    if !isSplit { return whole.undecided }
    return separate.values.lazy.compactMap(\.undecided).min { $0.toStep < $1.toStep }
  }

  /// Decides what is left of every writer.
  mutating func end() -> [(writer: WriterTag, decisions: [LeadOrder.Decision])] {
    var result: [(WriterTag, [LeadOrder.Decision])] = []
    if isSplit {
      for tag in separate.keys {
        var decisions: [LeadOrder.Decision] = []
        separate[tag]?.end(&decisions)
        result.append((tag, decisions))
      }
    } else {
      var decisions: [LeadOrder.Decision] = []
      whole.end(&decisions)
      result.append((WriterTag(), decisions))
    }
    return result
  }

  mutating func restart(at step: Int) {
    whole.restart(at: step)
    for tag in separate.keys { separate[tag]?.restart(at: step) }
  }
}

/// Counts restarts where each of several writers tells of every one.
struct WriterRestarts: Sendable {
  private var all = 0
  private var told: [WriterTag: Int] = [:]
  /// Restarts before writers were told apart.
  private var before = 0

  init() {}

  mutating func begin() { before = all }

  mutating func add() { all += 1 }

  /// True where a restart of a writer is not one that another writer has told of.
  mutating func isNew(of tag: WriterTag) -> Bool {
    let own = told[tag, default: before] + 1
    told[tag] = own
    guard own > all else { return false }
    all = own
    return true
  }
}
