import CNcurses
import CTerminalGuard
import CellCanvas

extension Terminal {
  mutating func nextSignalEvent() -> InputEvent? {
    pendingSignals.collect()
    switch pendingSignals.next() {
    case .quit(let reason): return .quit(reason)
    case .stop: return stop()
    case .resumed: return resumeAfterSuddenStop()
    case .resize: return resize()
    case nil: return nil
    }
  }

  /// `^Z`: the screen is the shell's until the process goes on.
  private mutating func stop() -> InputEvent? {
    leaveScreen()
    terminal_guard_give_back_screen()
    if terminal_guard_stop_process() { stopUntilForeground() }
    if pendingSignals.asksToQuit { return nextSignalEvent() }
    terminal_guard_take_screen(restoring, restoring.count)
    return resume()
  }

  /// Stopped without being asked (SIGSTOP): whoever had the terminal since has left its own modes and text.
  private mutating func resumeAfterSuddenStop() -> InputEvent? {
    stopUntilForeground()
    if pendingSignals.asksToQuit { return nextSignalEvent() }
    endwin()
    return resume()
  }

  /// A process that goes on in the background (`bg`, `kill -CONT`) must not draw over the one in front.
  private mutating func stopUntilForeground() {
    pendingSignals.collect()
    while !pendingSignals.asksToQuit, !TerminalDevice.isForeground(streams.outputDescriptor),
      terminal_guard_stop_process()
    {
      pendingSignals.collect()
    }
  }

  private mutating func resume() -> InputEvent {
    def_shell_mode()
    repaint()
    kltop_refresh()
    pendingSignals.insert(.resize)
    return .resumed
  }

  private mutating func resize() -> InputEvent? {
    guard let now = TerminalDevice.size(streams.outputDescriptor), now != size else { return nil }
    resizeterm(Int32(now.rows), Int32(now.columns))
    size = Terminal.currentSize()
    shown = nil
    repaint()
    return .resize(size)
  }
}
