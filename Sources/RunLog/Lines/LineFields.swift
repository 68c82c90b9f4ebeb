import CSimdJSON

/// A step that is no integer.
struct UnusableStep: Error {}

/// The values of one decoded line by the roles of their keys; valid until the next line is decoded.
struct LineFields {
  let line: csj_line
  /// Index of the last item of each role, −1 for none.
  private let positions: UnsafeMutablePointer<Int32>
  /// True where a key shows that the log is native.
  let marksNative: Bool
  /// The line has nothing but numbers: no texts, switches or arrays.
  let hasOnlyNumbers: Bool
  /// Index of the item that names the step, −1 for none.
  let stepIndex: Int

  static let roleCount = KeyRole.allCases.count

  /// `positions` is room for `roleCount` numbers.
  init(_ line: csj_line, _ nodes: borrowing KeyNodes, positions: UnsafeMutablePointer<Int32>) {
    positions.update(repeating: -1, count: Self.roleCount)
    var marksNative = false
    var hasOnlyNumbers = true
    var (stepIndex, stepRank) = (-1, UInt16.max)
    for index in 0..<line.item_count {
      let node = line.items[index].node
      let role = nodes.roles[Int(node)]
      if line.items[index].kind > csj_kind_number.byte || role.isSwitch { hasOnlyNumbers = false }
      if role == .plain { continue }
      positions[Int(role.rawValue)] = Int32(truncatingIfNeeded: index)
      if nodes.marksNative(node) { marksNative = true }
      guard role == .step || role == .otherStep, line.items[index].kind != csj_kind_null.byte else {
        continue
      }
      // Of one key twice the last counts.
      let rank = nodes.stepRanks[Int(node)]
      if rank < .max, rank <= stepRank { (stepIndex, stepRank) = (index, rank) }
    }
    self.stepIndex = stepIndex
    self.hasOnlyNumbers = hasOnlyNumbers
    self.line = line
    self.positions = positions
    self.marksNative = marksNative
  }

  /// The value of a key; of several the last, `nil` for null.
  func item(_ role: KeyRole) -> UnsafePointer<csj_item>? {
    let index = Int(positions[Int(role.rawValue)])
    guard index >= 0, let items = line.items else { return nil }
    return items[index].kind == csj_kind_null.byte ? nil : items + index
  }

  /// The value of a key if it is of one kind.
  func item(_ role: KeyRole, _ kind: csj_kind) -> UnsafePointer<csj_item>? {
    guard let item = item(role), item.pointee.kind == kind.byte else { return nil }
    return item
  }

  func text(_ role: KeyRole) -> String? {
    item(role, csj_kind_text).map { String($0.pointee.text) }
  }

  func number(_ role: KeyRole) -> Double? {
    item(role, csj_kind_number).map(\.pointee.number)
  }

  /// A switch: true, false, or 1 and 0 in their place.
  func flag(_ role: KeyRole) -> Bool? {
    if let item = item(role, csj_kind_boolean) { return item.pointee.number != 0 }
    guard let number = number(role), number == 0 || number == 1 else { return nil }
    return number == 1
  }

  /// The node of the key that names the step; `nil` where none does.
  var stepNode: UInt32? { stepIndex < 0 ? nil : line.items?[stepIndex].node }

  /// The step that the line names.
  ///
  /// - Throws: where the key of the step holds anything else than a number.
  func step() throws(UnusableStep) -> OwnStep {
    guard stepIndex >= 0, let items = line.items else { return .none }
    return try Self.step(items[stepIndex])
  }

  private static func step(_ item: csj_item) throws(UnusableStep) -> OwnStep {
    if item.kind == csj_kind_text.byte { return try step(writtenAs: item.text) }
    guard item.kind == csj_kind_number.byte else { throw UnusableStep() }
    // Beyond 2⁵³ the float64 is not the number that was written.
    let isExact = item.number.magnitude < 0x1p53 || item.text.hasFraction
    if let step = isExact ? Int(exactly: item.number) : Int(item.text.written) { return .whole(step) }
    guard item.number.isFinite, item.number.magnitude < 0x1p53 else { throw UnusableStep() }
    return .fraction
  }

  /// A step in a text: `10`, `10.0`, or `10/438` of a run whose end is known.
  private static func step(writtenAs text: csj_text) throws(UnusableStep) -> OwnStep {
    let words = String(text).split(separator: "/", omittingEmptySubsequences: false)
    guard words.count <= 2, let word = words.first?.split(separator: " ").first else { throw UnusableStep() }
    if let step = Int(word) { return .whole(step) }
    let number: Double
    switch words.count == 1 ? LooseNumber(word) : nil {
    case .plain(let plain): number = plain
    case .comma(_, let thousands?): number = thousands
    case .comma, nil: throw UnusableStep()
    }
    guard number.magnitude < 0x1p53 else { throw UnusableStep() }
    return Int(exactly: number).map { .whole($0) } ?? .fraction
  }
}

extension csj_text {
  /// A number as it was written.
  fileprivate var written: String {
    let bytes = UnsafeRawBufferPointer(start: bytes, count: length).trimmedAtEnd
    return String(decoding: bytes, as: UTF8.self)
  }

  /// True for a number that is not written as an integer.
  fileprivate var hasFraction: Bool {
    UnsafeBufferPointer(start: bytes, count: length).contains {
      $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E")
    }
  }
}

extension csj_kind {
  /// As it stands in an item.
  var byte: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
}
