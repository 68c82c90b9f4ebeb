import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A frame in a file of its own in the current directory.
enum FrameFile {
  /// Writes a picture under a name made of the time, and states the name; no file is ever overwritten, and one that
  /// cannot be written to its end is removed.
  static func save(_ picture: String, now: Double) throws(Errno) -> String {
    let stem = "kltop-" + timestamp(now)
    for attempt in 1...99 {
      let name = attempt == 1 ? "\(stem).svg" : "\(stem)-\(attempt).svg"
      do {
        try write(picture, toNew: name)
        return name
      } catch Errno.fileExists {
        continue
      } catch {
        throw error as? Errno ?? .ioError
      }
    }
    throw .fileExists
  }

  private static func write(_ picture: String, toNew name: String) throws {
    let file = try FileDescriptor.open(
      FilePath(name), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    try file.closeAfter {
      do {
        try file.writeAll(picture.utf8)
      } catch {
        unlink(name)
        throw error
      }
    }
  }

  /// The local time as `20260131-235959`.
  private static func timestamp(_ seconds: Double) -> String {
    var time = time_t(seconds)
    var parts = tm()
    localtime_r(&time, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let length = strftime(&text, text.count, "%Y%m%d-%H%M%S", &parts)
    return String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
