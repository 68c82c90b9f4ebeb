// Numbers that simdjson's fast path does not take.
#pragma once

#include <string_view>

namespace csj {

/// A token without the white space behind it.
std::string_view trimmed(std::string_view token);

/// Reads Python's `NaN`, `Infinity` and `-Infinity`, and JSON numbers beyond the range of a double (±infinity).
bool read_unusual_number(std::string_view token, double &number);

}  // namespace csj
