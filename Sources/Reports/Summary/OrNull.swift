/// An optional that is written as `null` where it is empty: a key of the JSON output never goes missing.
@propertyWrapper
package struct OrNull<Value: Encodable & Sendable>: Sendable, Encodable {
  package var wrappedValue: Value?

  package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}
