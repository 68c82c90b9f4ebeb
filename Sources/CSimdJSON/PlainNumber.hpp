// Numbers as logs write them, straight from the bytes of a line.
#pragma once

#include <cstdint>

namespace csj {

/// Reads a JSON number of at most 19 digits that matter and moves `bytes` behind it; false for anything else, which
/// may be a number too.
///
/// The result is the float64 nearest to what is written. Sixteen bytes behind `end` are readable.
bool read_plain_number(const uint8_t *&bytes, const uint8_t *end, double &number);

}  // namespace csj
