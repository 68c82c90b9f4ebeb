import CellCanvas
import Glibc
import NcursesTerminal
import Testing

/// What is left on a terminal after the program: each test is a process that ends.
@Suite struct TerminalGuardTests {
  @Test func `After a trap the screen is back and the message can be read`() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardOutputContent]) {
      var terminal = try openObserved()
      terminal.show(CellGrid(size: terminal.size), theme: .dark, depth: .none)
      let numbers = [1, 2, 3]
      _ = numbers[terminal.size.columns]
    }
    try expectScreenGivenBack(before: "Index out of range", in: result.standardOutputContent)
  }

  @Test func `After a fault the screen is back and the signal is the same`() async throws {
    let result = try await #require(
      processExitsWith: .signal(SIGSEGV), observing: [\.standardOutputContent]
    ) {
      let terminal = try openObserved()
      write(STDERR_FILENO, "last words\n", 11)
      raise(SIGSEGV)
      _ = terminal.size
    }
    try expectScreenGivenBack(before: "last words", in: result.standardOutputContent)
  }

  @Test(
    arguments: [
      SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGXFSZ, SIGXCPU, SIGSTKFLT, SIGPIPE, 34,
      64,
    ])
  func `A signal that nobody expects ends the program with the screen back`(number: Int32) async throws {
    let result = try await #require(
      processExitsWith: .signal(number), observing: [\.standardOutputContent]
    ) { [number = number as Int32] in
      let terminal = try openObserved()
      write(STDERR_FILENO, "last words\n", 11)
      kill(getpid(), number)
      while poll(nil, 0, -1) < 1 {}
      _ = terminal.size
    }
    try expectScreenGivenBack(before: "last words", in: result.standardOutputContent)
  }

  @Test func `A signal that is ignored or handled does not end the program`() async {
    await #expect(processExitsWith: .exitCode(7)) {
      signal(SIGUSR1, SIG_IGN)
      signal(SIGPROF) { _ in }
      let terminal = try openObserved()
      kill(getpid(), SIGUSR1)
      kill(getpid(), SIGPROF)
      exit(terminal.size.columns == 20 ? 7 : 8)
    }
  }

  @Test func `Swift's crash reports are dropped where nobody asks for them`() async {
    await #expect(processExitsWith: .success) {
      func handles(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        return action.__sigaction_handler.sa_handler != nil
      }
      for number in [SIGSEGV, SIGABRT, SIGTRAP] { signal(number) { _ in } }
      setenv("SWIFT_BACKTRACE", "enable=yes", 1)
      Backtracer.drop()
      #expect(handles(SIGSEGV) && handles(SIGABRT) && handles(SIGTRAP))
      unsetenv("SWIFT_BACKTRACE")
      Backtracer.drop()
      #expect(!handles(SIGSEGV) && !handles(SIGABRT) && !handles(SIGTRAP))
    }
  }

  @Test func `After exit the screen is back`() async throws {
    let result = try await #require(processExitsWith: .exitCode(3), observing: [\.standardOutputContent]) {
      let terminal = try openObserved()
      write(STDERR_FILENO, "last words\n", 11)
      exit(terminal.size.columns == 20 ? 3 : 4)
    }
    try expectScreenGivenBack(before: "last words", in: result.standardOutputContent)
  }

  @Test func `A second signal ends a program that does not listen`() async throws {
    let result = try await #require(
      processExitsWith: .signal(SIGTERM), observing: [\.standardOutputContent]
    ) {
      let terminal = try openObserved()
      write(STDERR_FILENO, "last words\n", 11)
      kill(getpid(), SIGTERM)
      var arrival = pollfd(fd: terminal.signalDescriptor, events: Int16(POLLIN), revents: 0)
      while poll(&arrival, 1, -1) < 1 {}
      kill(getpid(), SIGTERM)
      while poll(nil, 0, -1) < 1 {}
      _ = terminal.size
    }
    try expectScreenGivenBack(before: "last words", in: result.standardOutputContent)
  }

  @Test func `Messages wait for the end of an orderly run`() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      do {
        var terminal = try openObserved()
        write(STDERR_FILENO, "last words\n", 11)
        var frame = CellGrid(size: terminal.size)
        frame.write("the frame", x: 0, y: 0)
        terminal.show(frame, theme: .dark, depth: .none)
      }
      exit(0)
    }
    try expectScreenGivenBack(before: "last words", in: result.standardOutputContent)
    let output = String(decoding: result.standardOutputContent, as: UTF8.self)
    #expect(output.contains("the frame"))
  }

  /// The old screen and the cursor come back before the message, which nothing follows on the screen.
  private func expectScreenGivenBack(before message: String, in bytes: [UInt8]) throws {
    let output = String(decoding: bytes, as: UTF8.self)
    let taken = try #require(output.ranges(of: "\u{1B}[?1049h").last)
    let givenBack = try #require(output.ranges(of: "\u{1B}[?1049l").last)
    let cursorBack = try #require(
      output.ranges(of: "\u{1B}[?25h").last ?? output.ranges(of: "\u{1B}[?12l").last)
    let text = try #require(output.ranges(of: message).last)
    #expect(taken.upperBound <= givenBack.lowerBound)
    #expect(givenBack.upperBound <= text.lowerBound)
    #expect(cursorBack.upperBound <= text.lowerBound)
    #expect(output.ranges(of: message).count == 1)
  }
}

/// A terminal whose emulator is `cat`, which passes on what is written to it after this process has ended, too; standard
/// error is on that terminal.
private func openObserved() throws -> Terminal {
  let pseudoterminal = try Pseudoterminal()
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  posix_spawn_file_actions_adddup2(&actions, pseudoterminal.emulator, STDIN_FILENO)
  let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("cat"), nil]
  var process: pid_t = 0
  guard posix_spawn(&process, "/bin/cat", &actions, nil, arguments, environ) == 0 else {
    throw TerminalError.system(errno: errno)
  }
  dup2(pseudoterminal.device, STDERR_FILENO)
  return try Terminal(pseudoterminal.setup())
}
