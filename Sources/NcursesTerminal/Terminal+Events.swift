import CNcurses
import CTerminalGuard
package import CellCanvas

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Terminal {
  /// Readable when a key may have been pressed.
  package var inputDescriptor: Int32 { streams.inputDescriptor }

  /// Readable when a signal arrived; ``nextEvent()`` says which.
  package var signalDescriptor: Int32 { terminal_guard_descriptor() }

  /// The next event, `nil` if there is none now.
  ///
  /// When a key or a signal makes a descriptor readable, this is called until it returns `nil`. Stopping the process
  /// (`^Z`) happens inside: it returns ``InputEvent/resumed`` when the process goes on.
  package mutating func nextEvent() -> InputEvent? {
    if let event = nextSignalEvent() { return event }
    var code: wint_t = 0
    while true {
      let kind = get_wch(&code)
      guard kind != ERR else { return TerminalDevice.isGone(inputDescriptor) ? .quit(.hangup) : nil }
      if let event = event(kind: kind, code: code) { return event }
    }
  }

  private mutating func event(kind: Int32, code: wint_t) -> InputEvent? {
    guard kind == KEY_CODE_YES else { return KeyCodes.key(forScalar: code).map { .key($0) } }
    if Int32(code) == KEY_MOUSE { return mouseEvent().map { .mouse($0) } }
    return KeyCodes.key(forCode: Int32(code)).map { .key($0) }
  }

  private mutating func mouseEvent() -> MouseEvent? {
    var event = MEVENT()
    guard getmouse(&event) == OK else { return nil }
    let (x, y) = (Int(event.x), Int(event.y))
    switch kltop_button_pressed(event.bstate) {
    case 4: return MouseEvent(x: x, y: y, kind: .wheelUp, button: 0)
    case 5: return MouseEvent(x: x, y: y, kind: .wheelDown, button: 0)
    case 0:
      let button = Int(kltop_button_released(event.bstate))
      return button == 0 ? nil : MouseEvent(x: x, y: y, kind: .release, button: button)
    case let button:
      let kind = clicks.press(x: x, y: y, button: Int(button), time: Terminal.secondsNow())
      return MouseEvent(x: x, y: y, kind: kind, button: Int(button))
    }
  }

  private static func secondsNow() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }
}
