import CellCanvas
import Glibc
import Testing

@testable import NcursesTerminal

/// The locale that text is drawn in. Those that change the process's own run in a process of their own.
@Suite struct CharacterLocaleTests {
  @Test(arguments: [
    ("en_US.UTF-8", true), ("de_DE.utf8@euro", true), ("C.UTF-8", true), ("ja_JP.UTF8", true), ("C", false),
    ("POSIX", false), ("de_DE", false), ("de_DE.ISO-8859-1", false), ("ja_JP.eucJP", false), ("UTF-8", true),
    (".UTF-8", true), ("", false), (".", false), ("utf8.C", false),
  ])
  func `The name of a locale says whether it is UTF-8`(name: String, isUTF8: Bool) {
    #expect(CharacterLocale.isUTF8(name) == isUTF8)
  }

  @Test func `A locale that is installed is taken as it is`() async {
    await #expect(processExitsWith: .success) {
      setenv("LC_ALL", "C.UTF-8", 1)
      #expect(CharacterLocale.user.codeset == "UTF-8")
      #expect(CharacterLocale.user.assumption == nil && CharacterLocale.user.complaint == nil)
      #expect(GlyphSet.forCodeset(CharacterLocale.set("C.UTF-8").codeset) == .braille)
      #expect(GlyphSet.forCodeset(CharacterLocale.set("C").codeset) == .ascii)
    }
  }

  @Test func `Nothing named is UTF-8, without a word`() async {
    await #expect(processExitsWith: .success) {
      for variable in ["LC_ALL", "LC_CTYPE", "LANG"] { unsetenv(variable) }
      #expect(CharacterLocale.user.codeset == "UTF-8")
      #expect(CharacterLocale.user.assumption == nil && CharacterLocale.user.complaint == nil)
    }
  }

  @Test func `A UTF-8 locale that is not installed is another one, and said`() async {
    await #expect(processExitsWith: .success) {
      for variable in ["LC_ALL", "LC_CTYPE"] { unsetenv(variable) }
      setenv("LANG", "xx_XX.UTF-8", 1)
      let locale = CharacterLocale.user
      #expect(locale.codeset == "UTF-8" && locale.complaint == nil)
      #expect(locale.assumption == "LANG=xx_XX.UTF-8 is not installed: C.UTF-8 is used")
    }
  }

  @Test func `Another encoding that is not installed is ASCII, and said`() async {
    await #expect(processExitsWith: .success) {
      setenv("LC_ALL", "xx_XX.ISO-8859-1", 1)
      let locale = CharacterLocale.user
      #expect(GlyphSet.forCodeset(locale.codeset) == .ascii && locale.assumption == nil)
      #expect(locale.complaint == "LC_ALL=xx_XX.ISO-8859-1 is not installed: only ASCII is drawn")
    }
  }

  @Test func `Where no UTF-8 locale is installed the carried one is used, and leaves nothing behind`() async {
    await #expect(processExitsWith: .success) {
      let missing = (variable: "LANG", name: "xx_XX.UTF-8")
      setenv("LC_ALL", missing.name, 1)
      setenv("LOCPATH", "/no/such/folder", 1)
      let folder = try #require(makeFolder())
      let bytes = try #require(installedCharacters())
      let locale = bytes.withUnsafeBytes {
        CharacterLocale.choose(
          environment: missing, installed: ["yy_YY.UTF-8"], carried: CarriedLocale(bytes: $0),
          folders: ["/no/such/folder", folder])
      }
      #expect(locale.codeset == "UTF-8" && locale.complaint == nil)
      let said = "LANG=xx_XX.UTF-8 is not installed, nor is another UTF-8 locale: the program's own is used"
      #expect(locale.assumption == said)
      #expect(CellWriter.width(0x65E5) == 2 && CellWriter.width(0x28FF) == 1)
      #expect(getenv("LOCPATH").map { String(cString: $0) } == "/no/such/folder")
      // Only an empty folder can be removed.
      #expect(rmdir(folder) == 0)
    }
  }

  @Test func `Where the carried one cannot be written it is ASCII, and said why`() async {
    await #expect(processExitsWith: .success) {
      setenv("LC_ALL", "xx_XX.UTF-8", 1)
      let bytes: [UInt8] = [1, 2, 3]
      func choose(_ carried: CarriedLocale?, _ folders: [String]) -> CharacterLocale {
        CharacterLocale.choose(environment: nil, installed: [], carried: carried, folders: folders)
      }
      let unwritten = bytes.withUnsafeBytes { choose(CarriedLocale(bytes: $0), ["/no/such/folder"]) }
      #expect(GlyphSet.forCodeset(unwritten.codeset) == .ascii && unwritten.assumption == nil)
      let why = "the program's own cannot be used (/no/such/folder: No such file or directory)"
      #expect(unwritten.complaint == "no UTF-8 locale is installed, and \(why): only ASCII is drawn")
      let folder = try #require(makeFolder())
      let broken = bytes.withUnsafeBytes { choose(CarriedLocale(bytes: $0), [folder]) }
      #expect(broken.complaint?.contains("the C library refuses it") == true)
      #expect(rmdir(folder) == 0)
      #expect(choose(nil, [folder]).complaint == "no UTF-8 locale is installed: only ASCII is drawn")
    }
  }
}

private func makeFolder() -> String? {
  var template = Array("/tmp/kltop-test-XXXXXX".utf8CString)
  return template.withUnsafeMutableBufferPointer { buffer in
    buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
  }
}

/// The characters of a UTF-8 locale of this machine.
private func installedCharacters() -> [UInt8]? {
  for name in ["C.utf8", "C.UTF-8"] {
    guard let file = fopen("/usr/lib/locale/\(name)/LC_CTYPE", "r") else { continue }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }
  return nil
}
