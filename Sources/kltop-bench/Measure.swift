internal import Divergence

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The middle of several measurements.
func median(_ values: [Double]) -> Double { quantile(0.5, of: values.span) }

/// Seconds of processor time that `body` takes on this thread: what it needs, however busy the machine is.
func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
  let start = clock(CLOCK_THREAD_CPUTIME_ID)
  try body()
  return clock(CLOCK_THREAD_CPUTIME_ID) - start
}

/// Seconds of processor time of all threads of this process so far.
var processorSecondsOfProcess: Double { clock(CLOCK_PROCESS_CPUTIME_ID) }

private func clock(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Seconds that `body` takes by the clock on the wall.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start) / .seconds(1)
}
