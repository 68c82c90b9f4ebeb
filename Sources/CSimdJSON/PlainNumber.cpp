#include "PlainNumber.hpp"

#include <simdjson.h>

#include <cstring>

namespace csj {

namespace {

bool is_digit(uint8_t byte) { return static_cast<uint8_t>(byte - '0') <= 9; }

constexpr uint64_t powers_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
/// Numbers that so many more digits do not take beyond 64 bits.
constexpr uint64_t room = UINT64_MAX - 99999999;
constexpr uint64_t largest[] = {room,          room / 10,      room / 100,      room / 1000,     room / 10000,
                                room / 100000, room / 1000000, room / 10000000, room / 100000000};
/// Float64 holds these exactly.
constexpr double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int64_t largest_exact_power = 22;
constexpr uint64_t largest_exact_integer = uint64_t{1} << 53;
/// No exponent of float64 is written with more digits.
constexpr int most_exponent_digits = 4;
constexpr uint64_t zeros = 0x3030303030303030;

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/// How many of eight bytes are digits, from the first one on.
int leading_digits(uint64_t bytes) {
  uint64_t digits = bytes ^ zeros;
  // A byte above 9 carries into its upper half; what lies behind the first such byte does not matter.
  uint64_t others = ((digits + 0x7676767676767676) | digits) & 0x8080808080808080;
  return others == 0 ? 8 : __builtin_ctzll(others) / 8;
}

/// The number that eight digits are.
uint64_t value_of_digits(uint64_t bytes) {
  uint64_t digits = bytes & 0x0F0F0F0F0F0F0F0F;
  digits = digits * 10 + (digits >> 8);
  uint64_t high = (digits & 0x000000FF000000FF) * 0x000F424000000064;
  uint64_t low = ((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001;
  return (high + low) >> 32;
}

/// Appends the digits at `bytes` to a number; false where it may grow beyond 64 bits.
///
/// Eight at a time: one by one, a loop ends at a place that no processor foresees (a quarter of the time of a log of
/// float64 numbers).
bool append_digits(const uint8_t *&bytes, uint64_t &number) {
  while (true) {
    uint64_t next;
    memcpy(&next, bytes, sizeof next);
    int count = leading_digits(next);
    if (count == 0) return true;
    if (number > largest[count]) return false;
    // The digits move to the end of the word, behind zeros.
    uint64_t aligned = count == 8 ? next : (next << (64 - 8 * count)) | (zeros >> (8 * count));
    number = number * powers_of_ten[count] + value_of_digits(aligned);
    bytes += count;
    if (count < 8) return true;
  }
}

#else

bool append_digits(const uint8_t *&bytes, uint64_t &number) {
  for (; is_digit(*bytes); bytes++) {
    if (number > (UINT64_MAX - 9) / 10) return false;
    number = number * 10 + (*bytes - '0');
  }
  return true;
}

#endif

bool read_exponent(const uint8_t *&bytes, int64_t &exponent) {
  bool is_negative = *bytes == '-';
  if (*bytes == '-' || *bytes == '+') bytes++;
  int64_t value = 0;
  int digits = 0;
  for (; is_digit(*bytes); bytes++) {
    if (++digits > most_exponent_digits) return false;
    value = value * 10 + (*bytes - '0');
  }
  exponent += is_negative ? -value : value;
  return digits > 0;
}

/// digits · 10^power, rounded once; false where it is not in the range of float64.
bool scale(uint64_t digits, int64_t power, bool is_negative, double &number) {
  if (digits == 0) {
    number = is_negative ? -0.0 : 0.0;
    return true;
  }
  if (digits <= largest_exact_integer && power >= -largest_exact_power && power <= largest_exact_power) {
    double exact = static_cast<double>(digits);
    exact = power < 0 ? exact / exact_powers[-power] : exact * exact_powers[power];
    number = is_negative ? -exact : exact;
    return true;
  }
  if (power < simdjson::internal::smallest_power || power > simdjson::internal::largest_power) return false;
  return simdjson::builtin::numberparsing::compute_float_64(power, digits, is_negative, number);
}

}  // namespace

bool read_plain_number(const uint8_t *&bytes, const uint8_t *end, double &number) {
  const uint8_t *position = bytes;
  bool is_negative = *position == '-';
  if (is_negative) position++;
  const uint8_t *start = position;
  uint64_t digits = 0;
  if (!append_digits(position, digits) || position == start) return false;
  if (*start == '0' && position - start > 1) return false;
  int64_t power = 0;
  if (*position == '.') {
    const uint8_t *fraction = ++position;
    if (!append_digits(position, digits) || position == fraction) return false;
    power = fraction - position;
  }
  if (*position == 'e' || *position == 'E') {
    position++;
    if (!read_exponent(position, power)) return false;
  }
  if (position > end || !scale(digits, power, is_negative, number)) return false;
  bytes = position;
  return true;
}

}  // namespace csj
