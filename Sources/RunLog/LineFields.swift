import CSimdJSON

/// A step that is no integer.
struct UnusableStep: Error {}

/// Where in a decoded line the values of the keys with a role are.
final class LineFields {
  /// Index of the last item of each role, −1 for none.
  private var positions = ContiguousArray<Int32>(repeating: -1, count: KeyRole.allCases.count)
  private(set) var marksNative = false
  /// The key that named the step.
  private(set) var stepRole = KeyRole.step

  func collect(_ line: csj_line, _ nodes: borrowing KeyNodes) {
    for role in positions.indices { positions[role] = -1 }
    marksNative = false
    for index in 0..<line.item_count {
      let node = line.items[index].node
      let role = nodes.roles[Int(node)]
      if role == .plain { continue }
      positions[Int(role.rawValue)] = Int32(truncatingIfNeeded: index)
      if nodes.marksNative(node) { marksNative = true }
    }
  }

  /// The value of a key; of several the last, `nil` for null.
  func item(_ role: KeyRole, in line: csj_line) -> csj_item? {
    let index = Int(positions[Int(role.rawValue)])
    guard index >= 0 else { return nil }
    let item = line.items[index]
    return item.kind == csj_kind_null.byte ? nil : item
  }

  func text(_ role: KeyRole, in line: csj_line) -> String? {
    guard let item = item(role, in: line), item.kind == csj_kind_text.byte else { return nil }
    return String(item.text)
  }

  /// A switch: true, false, or numbers in their place.
  func flag(_ role: KeyRole, in line: csj_line) -> Bool? {
    guard let item = item(role, in: line) else { return nil }
    if item.kind == csj_kind_boolean.byte { return item.number != 0 }
    return item.kind == csj_kind_number.byte && (item.number == 0 || item.number == 1)
      ? item.number == 1 : nil
  }

  /// The step that the line names, `nil` where it names none.
  func step(in line: csj_line) throws(UnusableStep) -> Int? {
    stepRole = .step
    for role in NativeKey.stepRoles {
      guard let item = item(role, in: line) else { continue }
      stepRole = role
      return try Self.integer(item)
    }
    return nil
  }

  private static func integer(_ item: csj_item) throws(UnusableStep) -> Int {
    guard item.kind == csj_kind_number.byte else { throw UnusableStep() }
    // Beyond 2⁵³ the float64 is not the number that was written.
    if item.number.magnitude >= 0x1p53, let exact = Int(String(item.text)) { return exact }
    guard let step = Int(exactly: item.number) else { throw UnusableStep() }
    return step
  }
}

extension csj_kind {
  /// As it stands in an item.
  var byte: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
}
