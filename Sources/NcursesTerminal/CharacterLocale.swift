import CStaticBuild
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the process encodes text and how wide the C library takes a character to be; ncurses depends on both.
package struct CharacterLocale: Sendable, Hashable {
  /// The name of the encoding, as `UTF-8` or `ANSI_X3.4-1968`.
  package let codeset: String
  /// What was taken in place of what the environment names, in one line; `nil` where that was taken itself.
  package let assumption: String?
  /// Why text is ASCII though the environment asks for more, in one line.
  package let complaint: String?

  /// The user's locale, which the first use sets for the process.
  package static let user = choose(environment: environmentName)

  /// Sets the process's locale for characters by its name; where there is none of it, nothing changes.
  package static func set(_ name: String) -> CharacterLocale {
    setlocale(LC_CTYPE, name)
    return CharacterLocale()
  }

  /// Sets the locale that the environment names, else one as near to it as the machine has.
  ///
  /// - Parameters:
  ///   - environment: the variable that decides and its value; `nil` where none does, as in a bare container: that is
  ///     taken as UTF-8, because terminals that are not have become rare.
  ///   - installed: names of UTF-8 locales to try in place of one that is missing.
  ///   - folders: where a locale that the program carries may be written for a moment.
  static func choose(
    environment: (variable: String, name: String)?, installed: [String] = usual,
    carried: @autoclosure () -> CarriedLocale? = .linked, folders: [String] = CarriedLocale.usualFolders
  ) -> CharacterLocale {
    if environment != nil, setlocale(LC_CTYPE, "") != nil { return CharacterLocale() }
    let missing = environment.map { "\($0.variable)=\($0.name) is not installed" }
    guard environment.map({ isUTF8($0.name) }) ?? true else { return ascii(missing ?? "") }
    if let name = installed.first(where: { setlocale(LC_CTYPE, $0) != nil }) {
      return CharacterLocale(assumption: missing.map { "\($0): \(name) is used" })
    }
    let none = missing.map { $0 + ", nor is another UTF-8 locale" } ?? "no UTF-8 locale is installed"
    guard let carried = carried() else { return ascii(none) }
    do throws(CarriedLocale.Failure) {
      try carried.set(in: folders)
      return CharacterLocale(assumption: none + ": the program's own is used")
    } catch {
      return ascii("\(none), and the program's own cannot be used (\(error))")
    }
  }

  private static func ascii(_ reason: String) -> CharacterLocale {
    setlocale(LC_CTYPE, "C")
    return CharacterLocale(complaint: reason + ": only ASCII is drawn")
  }

  /// As the process's locale is now.
  private init(assumption: String? = nil, complaint: String? = nil) {
    codeset = nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } ?? ""
    self.assumption = assumption
    self.complaint = complaint
  }

  private static let usual = ["C.UTF-8", "C.utf8", "en_US.UTF-8"]

  /// The first of the variables that are not empty, in the order in which the C library looks at them.
  private static var environmentName: (variable: String, name: String)? {
    for variable in ["LC_ALL", "LC_CTYPE", "LANG"] {
      if let value = getenv(variable), value.pointee != 0 { return (variable, String(cString: value)) }
    }
    return nil
  }

  /// Whether the name of a locale ends in the encoding, as `de_DE.UTF-8@euro` does, or is nothing else, as the `UTF-8` that
  /// macOS sends along to other machines.
  static func isUTF8(_ name: String) -> Bool {
    let codeset = name.prefix { $0 != "@" }.split(separator: ".").last ?? ""
    return ["utf8", "utf-8"].contains(codeset.lowercased())
  }
}

/// The characters of the locale C.utf8, linked into the program so that it draws on machines without any UTF-8 locale.
///
/// glibc reads locales from files only. The file stands in a folder of its own for as long as `setlocale` takes.
struct CarriedLocale {
  /// The content of the file `LC_CTYPE`.
  let bytes: UnsafeRawBufferPointer

  /// A place for the file, and why it cannot hold it.
  struct Failure: Error, CustomStringConvertible {
    let description: String

    /// With the last call of this thread.
    static func last(_ path: String) -> Failure {
      Failure(description: "\(path): \(String(cString: strerror(errno)))")
    }
  }

  /// The one that this program was linked with, unpacked; `nil` in builds that use the machine's C library.
  static var linked: CarriedLocale? {
    var count = 0
    guard let start = static_build_characters(&count) else { return nil }
    return CarriedLocale(bytes: UnsafeRawBufferPointer(start: start, count: count))
  }

  static var usualFolders: [String] {
    let own = getenv("TMPDIR").map { [String(cString: $0)] } ?? []
    return own.filter { !$0.isEmpty } + ["/tmp", "/var/tmp", "/dev/shm", "/"]
  }

  /// Of its own, because glibc goes on to look where locales are installed.
  private static let name = "kltop.UTF-8"

  /// Sets the process's locale for characters by way of the first folder that can be written to.
  ///
  /// - Throws: what the first folder said, where none can.
  func set(in folders: [String]) throws(Failure) {
    var first: Failure?
    for folder in folders {
      do throws(Failure) { return try set(in: folder) } catch { first = first ?? error }
    }
    throw first ?? Failure(description: "no folder for it")
  }

  private func set(in folder: String) throws(Failure) {
    let root = try privateFolder(in: folder)
    let (locale, file) = (root + "/" + Self.name, root + "/" + Self.name + "/LC_CTYPE")
    defer {
      unlink(file)
      rmdir(locale)
      rmdir(root)
    }
    guard mkdir(locale, 0o700) == 0 else { throw .last(locale) }
    try write(to: file)
    let before = getenv(Self.variable).map { String(cString: $0) }
    setenv(Self.variable, root, 1)
    defer {
      if let before { setenv(Self.variable, before, 1) } else { unsetenv(Self.variable) }
    }
    guard setlocale(LC_CTYPE, Self.name) != nil else {
      throw Failure(description: "the C library refuses it")
    }
  }

  /// Where glibc looks for locales before anywhere else.
  private static let variable = "LOCPATH"

  private func privateFolder(in folder: String) throws(Failure) -> String {
    var template = Array((folder + "/kltop-locale-XXXXXX").utf8CString)
    let path = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let path else { throw .last(folder) }
    return path
  }

  private func write(to path: String) throws(Failure) {
    do {
      let file = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: .ownerReadWrite)
      try file.closeAfter { _ = try file.writeAll(bytes) }
    } catch {
      throw Failure(description: "\(path): \(error)")
    }
  }
}
