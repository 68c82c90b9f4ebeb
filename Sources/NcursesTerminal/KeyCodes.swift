import CNcurses
import CellCanvas

/// From what ncurses reads to keys.
enum KeyCodes {
  /// The key for a scalar that was typed; `nil` for what no key sends.
  static func key(forScalar value: UInt32) -> Key? {
    switch value {
    case 9: return .tab
    case 10, 13: return .enter
    case 27: return .escape
    case 8, 127: return .backspace
    // Ctrl clears the upper bits of `@` to `_`.
    case 1...26: return .control(Character(Unicode.Scalar(UInt8(value + 0x60))))
    case 0..<32: return .control(Character(Unicode.Scalar(UInt8(value + 0x40))))
    case 0x80..<0xA0: return nil
    default: return Unicode.Scalar(value).map { .character(Character($0)) }
    }
  }

  /// The key for one of ncurses's codes; `nil` for those without a name of ours.
  static func key(forCode code: Int32) -> Key? {
    if (KEY_F0...KEY_F0 + 63).contains(code) { return .function(Int(code - KEY_F0)) }
    return named[code]
  }

  private static let named: [Int32: Key] = [
    KEY_UP: .up, KEY_DOWN: .down, KEY_LEFT: .left, KEY_RIGHT: .right,
    KEY_HOME: .home, KEY_END: .end, KEY_PPAGE: .pageUp, KEY_NPAGE: .pageDown,
    // The keypad, and older terminals' names for Home and End.
    KEY_A1: .home, KEY_A3: .pageUp, KEY_C1: .end, KEY_C3: .pageDown, KEY_FIND: .home, KEY_SELECT: .end,
    KEY_BTAB: .backtab, KEY_ENTER: .enter, KEY_BACKSPACE: .backspace, KEY_DC: .delete,
  ]
}
