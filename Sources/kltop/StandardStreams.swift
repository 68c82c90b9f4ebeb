import ArgumentParser
import FileAccess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Standard input, output and error of a program that may have been started without them (`<&-`).
enum StandardStreams {
  /// Holds the places of those that are closed with a directory, which can neither be read as a file nor written: no
  /// file that is opened later takes their numbers.
  static func holdPlaces() {
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/", O_RDONLY | O_DIRECTORY)
    }
  }

  /// - Throws: an exit status where records are to come from a standard input that is closed, after saying so.
  static func checkInput(_ paths: [String]) throws {
    guard paths.contains(PathText.standardInput), read(0, nil, 0) != 0 else { return }
    StandardError.say(
      "standard input cannot be read: name a log, or pipe one in, as in tail -f run.jsonl | kltop -")
    throw ExitStatus.noInput
  }
}
