// Text of a JSON string without its escapes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace csj {

/// Length of the JSON string that starts after an opening quote; `end` where its closing quote is missing.
const uint8_t *closing_quote(const uint8_t *bytes, const uint8_t *end);

/// Writes the string without its escapes to `output`, which has room for `length` bytes (escapes only shrink), and
/// returns the number of bytes written, or −1 for an escape that JSON does not know.
///
/// A surrogate without its partner becomes U+FFFD: Python writes them for text that was cut inside a character.
ptrdiff_t unescape(const uint8_t *bytes, size_t length, uint8_t *output);

}  // namespace csj
