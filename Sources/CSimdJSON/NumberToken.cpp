#include "NumberToken.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

namespace csj {

std::string_view trimmed(std::string_view token) {
  size_t length = token.find_last_not_of(" \t\r\n");
  return token.substr(0, length == std::string_view::npos ? 0 : length + 1);
}

namespace {

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// Moves over digits and returns how many there were.
size_t skip_digits(std::string_view token, size_t &position) {
  size_t start = position;
  while (position < token.size() && is_digit(token[position])) position++;
  return position - start;
}

/// JSON's grammar of numbers, which is narrower than that of `strtod`.
bool is_number(std::string_view token) {
  size_t position = !token.empty() && token[0] == '-' ? 1 : 0;
  size_t start = position;
  size_t whole = skip_digits(token, position);
  if (whole == 0 || (whole > 1 && token[start] == '0')) return false;
  if (position < token.size() && token[position] == '.') {
    position++;
    if (skip_digits(token, position) == 0) return false;
  }
  if (position < token.size() && (token[position] == 'e' || token[position] == 'E')) {
    position++;
    if (position < token.size() && (token[position] == '+' || token[position] == '-')) position++;
    if (skip_digits(token, position) == 0) return false;
  }
  return position == token.size();
}

}  // namespace

bool read_unusual_number(std::string_view token, double &number) {
  // Python prints the first of each pair, and writes the second as JSON.
  if (token == "nan" || token == "NaN") {
    number = std::numeric_limits<double>::quiet_NaN();
  } else if (token == "inf" || token == "Infinity") {
    number = std::numeric_limits<double>::infinity();
  } else if (token == "-inf" || token == "-Infinity") {
    number = -std::numeric_limits<double>::infinity();
  } else if (is_number(token)) {
    number = strtod(std::string(token).c_str(), nullptr);
  } else {
    return false;
  }
  return true;
}

}  // namespace csj
