import RunLog
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Work on a thread of its own.
struct WorkerThreadTests {
  /// The next output, waited for as long as it takes.
  private func next<Input, Output>(_ worker: WorkerThread<Input, Output>) throws -> Output {
    while true {
      if let output = worker.take() { return output }
      var source = pollfd(fd: worker.wakeDescriptor, events: Int16(POLLIN), revents: 0)
      try #require(poll(&source, 1, 60_000) == 1)
    }
  }

  @Test func `Every input is worked on once, in its order`() throws {
    var queue: [Int] = []
    let worker = try WorkerThread<Int, Int> { inputs in
      queue += inputs
      return queue.isEmpty ? nil : queue.removeFirst() * 2
    }
    for input in 1...50 { worker.send(input) }
    for input in 1...50 { #expect(try next(worker) == input * 2) }
    worker.stop()
  }

  @Test func `It looks around without being told to`() throws {
    var turns = 0
    let worker = try WorkerThread<Int, Int>(lookAround: 1) { _ in
      turns += 1
      return turns < 3 ? nil : turns
    }
    #expect(try next(worker) == 3)
    worker.stop()
  }

  @Test func `It stops while nobody takes its outputs`() throws {
    let worker = try WorkerThread<Int, Int>(capacity: 2) { _ in 1 }
    #expect(try next(worker) == 1)
    worker.stop()
    worker.stop()
  }
}
