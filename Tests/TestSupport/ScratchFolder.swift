#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder for files of one test, gone with its owner.
package final class ScratchFolder: Sendable {
  package let path: String

  package init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/kltop-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw ScratchFailure(path: base) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  /// Writes a file, its folders too, and returns its path.
  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) throws -> String {
    let whole = path(name)
    for slash in name.indices where name[slash] == "/" { mkdir(path(String(name[..<slash])), 0o700) }
    // Writing over a file makes some file systems wait for the disk.
    unlink(whole)
    guard let file = fopen(whole, "wb") else { throw ScratchFailure(path: whole) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw ScratchFailure(path: whole) }
    return whole
  }

  /// Cuts a file off or makes it longer.
  package func resize(_ name: String, to size: Int) throws {
    guard truncate(path(name), size) == 0 else { throw ScratchFailure(path: path(name)) }
  }

  package func path(_ name: String) -> String { path + "/" + name }

  private static func remove(_ path: String) {
    if let stream = opendir(path) {
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != "." && name != ".." { remove(path + "/" + name) }
      }
      closedir(stream)
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

/// A file that a test cannot write.
package struct ScratchFailure: Error {
  package let path: String

  package init(path: String) { self.path = path }
}
