import CSimdJSON

/// A reference to a parser that somebody owns.
struct LineParser {
  let decoder: OpaquePointer

  /// What a line says, valid until the next call, if it is one whole object.
  func parse(_ bytes: UnsafeRawBufferPointer) -> (verdict: csj_verdict, line: UnsafePointer<csj_line>?) {
    var line: UnsafePointer<csj_line>?
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let verdict = csj_decode(decoder, start, bytes.count, &line)
    return (verdict, line)
  }

  func isObject(_ bytes: UnsafeRawBufferPointer) -> Bool {
    parse(bytes).verdict == csj_verdict_object
  }
}

extension csj_verdict {
  /// One phrase for a line that is no record.
  var reason: String {
    Self.reasons.first { $0.verdict == self }?.reason ?? "not valid JSON"
  }

  private static var reasons: [(verdict: csj_verdict, reason: String)] {
    [
      (csj_verdict_not_an_object, "not an object"),
      (csj_verdict_not_json, "not JSON"),
      (csj_verdict_incomplete, "incomplete, or more than one object"),
      (csj_verdict_malformed_number, "malformed number"),
      (csj_verdict_malformed_string, "malformed string"),
      (csj_verdict_invalid_utf8, "invalid UTF-8"),
      (csj_verdict_too_deep, "nested too deeply"),
      (csj_verdict_too_many_keys, "too many different keys"),
      (csj_verdict_too_long, "too long"),
      (csj_verdict_out_of_memory, "out of memory"),
    ]
  }
}
