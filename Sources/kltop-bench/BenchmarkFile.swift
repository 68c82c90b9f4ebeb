internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A temporary file that is gone with its owner.
struct BenchmarkFile: ~Copyable {
  let path: String
  private let descriptor: Int32

  /// Throws where the system gives no file.
  init() throws(BenchmarkFailure) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/kltop-bench-XXXXXX.jsonl".utf8CString)
    descriptor = mkstemps(&template, 6)
    guard descriptor >= 0 else { throw BenchmarkFailure(message: "no temporary file in \(folder)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// Appends bytes in one write where the system allows.
  func append(_ bytes: [UInt8]) throws(BenchmarkFailure) {
    do {
      try FileDescriptor(rawValue: descriptor).writeAll(bytes)
    } catch {
      throw BenchmarkFailure(message: "cannot write \(path): \(error)")
    }
  }
}

/// Why a benchmark could not be run.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let message: String
  var description: String { message }
}
