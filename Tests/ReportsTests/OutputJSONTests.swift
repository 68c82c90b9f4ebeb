import Foundation
import RunTestSupport
import Testing

@testable import Reports

struct OutputJSONTests {
  private struct Document: Codable {
    var texts: [String: String]
  }

  @Test func `A character that a terminal obeys or hides is an escape, and reads back as itself`() throws {
    let document = Document(texts: ["a\u{9B}31mb": "c\u{202E}d \u{E0001} \u{7F} \u{1B}[0m é 語 👍🏽"])
    let json = try OutputJSON.text(of: document)
    #expect(
      json
        == #"{"texts":{"a\u009b31mb":"c\u202ed \udb40\udc01 \u007f \u001b[0m é 語 👍🏽"}}"#)
  }

  @Test func `Every character there is reads back, and none is invisible`() throws {
    let scalars = (0...0x10FFFF as ClosedRange<UInt32>).compactMap { Unicode.Scalar($0) }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    let document = Document(texts: ["all": String(text)])
    let json = try OutputJSON.text(of: document)
    let read = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
    #expect(read.texts["all"]?.unicodeScalars.elementsEqual(scalars) == true)
    let invisible: Set<Unicode.GeneralCategory> = [
      .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
    ]
    let left = json.unicodeScalars.filter {
      invisible.contains($0.properties.generalCategory) || $0.properties.isDefaultIgnorableCodePoint
    }
    #expect(left.isEmpty, "\(left.prefix(9).map { String($0.value, radix: 16) })")
  }
}
