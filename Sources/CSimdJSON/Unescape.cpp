#include "Unescape.hpp"

#include <cstring>

namespace csj {

const uint8_t *closing_quote(const uint8_t *bytes, const uint8_t *end) {
  const uint8_t *search = bytes;
  while (search < end) {
    auto quote = static_cast<const uint8_t *>(memchr(search, '"', static_cast<size_t>(end - search)));
    if (quote == nullptr) return end;
    size_t backslashes = 0;
    while (quote - backslashes > bytes && quote[-1 - static_cast<ptrdiff_t>(backslashes)] == '\\') backslashes++;
    if (backslashes % 2 == 0) return quote;
    search = quote + 1;
  }
  return end;
}

namespace {

constexpr uint32_t replacement = 0xFFFD;

/// Value of four hexadecimal digits, −1 where they are none or too few.
int32_t hexadecimal(const uint8_t *bytes, const uint8_t *end) {
  if (end - bytes < 4) return -1;
  int32_t value = 0;
  for (int digit = 0; digit < 4; digit++) {
    uint8_t byte = bytes[digit];
    int32_t nibble = byte >= '0' && byte <= '9'   ? byte - '0'
                     : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                     : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                                  : -1;
    if (nibble < 0) return -1;
    value = value * 16 + nibble;
  }
  return value;
}

uint8_t *put(uint32_t scalar, uint8_t *output) {
  if (scalar < 0x80) {
    *output++ = static_cast<uint8_t>(scalar);
  } else if (scalar < 0x800) {
    *output++ = static_cast<uint8_t>(0xC0 | (scalar >> 6));
    *output++ = static_cast<uint8_t>(0x80 | (scalar & 0x3F));
  } else if (scalar < 0x10000) {
    *output++ = static_cast<uint8_t>(0xE0 | (scalar >> 12));
    *output++ = static_cast<uint8_t>(0x80 | ((scalar >> 6) & 0x3F));
    *output++ = static_cast<uint8_t>(0x80 | (scalar & 0x3F));
  } else {
    *output++ = static_cast<uint8_t>(0xF0 | (scalar >> 18));
    *output++ = static_cast<uint8_t>(0x80 | ((scalar >> 12) & 0x3F));
    *output++ = static_cast<uint8_t>(0x80 | ((scalar >> 6) & 0x3F));
    *output++ = static_cast<uint8_t>(0x80 | (scalar & 0x3F));
  }
  return output;
}

/// Reads what follows `\u`, with the second half of a pair; `bytes` moves behind it. Returns false for bad digits.
bool read_scalar(const uint8_t *&bytes, const uint8_t *end, uint32_t &scalar) {
  int32_t first = hexadecimal(bytes, end);
  if (first < 0) return false;
  bytes += 4;
  scalar = static_cast<uint32_t>(first);
  if (first < 0xD800 || first > 0xDFFF) return true;
  scalar = replacement;
  if (first > 0xDBFF || end - bytes < 6 || bytes[0] != '\\' || bytes[1] != 'u') return true;
  int32_t second = hexadecimal(bytes + 2, end);
  if (second < 0xDC00 || second > 0xDFFF) return true;
  bytes += 6;
  scalar = 0x10000 + (static_cast<uint32_t>(first - 0xD800) << 10) + static_cast<uint32_t>(second - 0xDC00);
  return true;
}

/// The byte that a one-letter escape stands for, 0 for a letter that is none.
uint8_t escaped_byte(uint8_t letter) {
  switch (letter) {
    case '"': case '\\': case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
  }
}

}  // namespace

ptrdiff_t unescape(const uint8_t *bytes, size_t length, uint8_t *output) {
  const uint8_t *end = bytes + length;
  uint8_t *start = output;
  while (bytes < end) {
    auto backslash = static_cast<const uint8_t *>(memchr(bytes, '\\', static_cast<size_t>(end - bytes)));
    size_t plain = static_cast<size_t>((backslash == nullptr ? end : backslash) - bytes);
    memcpy(output, bytes, plain);
    output += plain;
    bytes += plain;
    if (backslash == nullptr) break;
    if (end - bytes < 2) return -1;
    uint8_t letter = bytes[1];
    bytes += 2;
    if (letter == 'u') {
      uint32_t scalar;
      if (!read_scalar(bytes, end, scalar)) return -1;
      output = put(scalar, output);
    } else {
      uint8_t byte = escaped_byte(letter);
      if (byte == 0) return -1;
      *output++ = byte;
    }
  }
  return output - start;
}

}  // namespace csj
