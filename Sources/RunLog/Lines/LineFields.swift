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

  static let roleCount = KeyRole.allCases.count

  /// `positions` is room for `roleCount` numbers.
  init(_ line: csj_line, _ nodes: borrowing KeyNodes, positions: UnsafeMutablePointer<Int32>) {
    positions.update(repeating: -1, count: Self.roleCount)
    var marksNative = false
    for index in 0..<line.item_count {
      let node = line.items[index].node
      let role = nodes.roles[Int(node)]
      if role == .plain { continue }
      positions[Int(role.rawValue)] = Int32(truncatingIfNeeded: index)
      if nodes.marksNative(node) { marksNative = true }
    }
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

  /// The step that the line names and the key that names it; `nil` where it names none.
  func step() throws(UnusableStep) -> (step: Int, role: KeyRole)? {
    for role in NativeKey.stepRoles {
      guard let item = item(role) else { continue }
      return (try Self.integer(item.pointee), role)
    }
    return nil
  }

  private static func integer(_ item: csj_item) throws(UnusableStep) -> Int {
    guard item.kind == csj_kind_number.byte else { throw UnusableStep() }
    // Beyond 2⁵³ the float64 is not the number that was written.
    let isExact = item.number.magnitude < 0x1p53 || item.text.hasFraction
    guard let step = isExact ? Int(exactly: item.number) : Int(item.text.written) else {
      throw UnusableStep()
    }
    return step
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
