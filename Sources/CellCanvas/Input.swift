/// A key as the key table names it, independent of the terminal that sent it.
package enum Key: Sendable, Hashable {
  /// A printable character, upper and lower case apart; the space bar is `.character(" ")`.
  case character(Character)
  /// A letter pressed with Ctrl, in lower case.
  case control(Character)
  case up, down, left, right
  case home, end, pageUp, pageDown
  case tab, backtab
  case enter, escape, backspace, delete
  /// F1 is `.function(1)`.
  case function(Int)
}

extension Key {
  /// The key as hints and help print it, in ASCII: `q`, `^L`, `PgUp`, `F1`.
  package var label: String {
    switch self {
    case .character(" "): "space"
    case .character(let character): String(character)
    case .control(let character): "^" + character.uppercased()
    case .function(let number): "F\(number)"
    default: Key.namedLabels[self] ?? ""
    }
  }

  private static let namedLabels: [Key: String] = [
    .up: "Up", .down: "Down", .left: "Left", .right: "Right",
    .home: "Home", .end: "End", .pageUp: "PgUp", .pageDown: "PgDn",
    .tab: "Tab", .backtab: "S-Tab",
    .enter: "Enter", .escape: "Esc", .backspace: "Bksp", .delete: "Del",
  ]
}

/// A click or a turn of the wheel, at a cell of the screen.
package struct MouseEvent: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case press, release, doubleClick, wheelUp, wheelDown
  }

  /// Column, from 0 at the left.
  package var x: Int
  /// Row, from 0 at the top.
  package var y: Int
  package var kind: Kind
  /// 1 left, 2 middle, 3 right; 0 for the wheel.
  package var button: Int

  package init(x: Int, y: Int, kind: Kind, button: Int) {
    self.x = x
    self.y = y
    self.kind = kind
    self.button = button
  }
}

/// Who asks the program to end.
package enum QuitReason: Sendable, Hashable {
  /// Ctrl-C or SIGINT.
  case interrupt
  /// SIGTERM.
  case terminate
  /// SIGHUP, or the terminal is gone.
  case hangup
}

/// What a user or the terminal does to a running dashboard.
package enum InputEvent: Sendable, Hashable {
  case key(Key)
  case mouse(MouseEvent)
  /// The terminal has this size from now on.
  case resize(CellSize)
  case quit(QuitReason)
  /// The program was stopped and goes on; everything on the screen has to be drawn again.
  case resumed
}
