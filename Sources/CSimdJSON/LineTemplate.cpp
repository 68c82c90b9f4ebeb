#include "LineTemplate.hpp"

#include <cstring>

#include "PlainNumber.hpp"

namespace csj {

namespace {

constexpr size_t word_size = sizeof(uint64_t);
/// Longer lines are not worth a copy.
constexpr size_t longest_line = 1u << 16;

uint64_t word(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

/// Both may be read up to a whole word behind their ends.
bool same(const uint8_t *left, const uint8_t *right, size_t length) {
  size_t index = 0;
  for (; index + word_size <= length; index += word_size) {
    if (word(left + index) != word(right + index)) return false;
  }
  size_t rest = length - index;
  return rest == 0 || ((word(left + index) ^ word(right + index)) << (64 - 8 * rest)) == 0;
}

/// The first byte that ends a text or needs a closer look: a quote, a backslash, a control character, or one beyond
/// ASCII.
const uint8_t *end_of_plain_text(const uint8_t *bytes, const uint8_t *end) {
  while (bytes < end && *bytes != '"' && *bytes != '\\' && *bytes >= 0x20 && *bytes < 0x80) bytes++;
  return bytes;
}

}  // namespace

void LineTemplate::learn(const uint8_t *bytes, size_t length, const std::vector<ValuePlace> &places,
                         const csj_line &line, csj_text first_key) {
  values_.clear();
  literals_.clear();
  if (length > longest_line) return;
  const uint8_t *position = bytes, *end = bytes + length;
  for (const ValuePlace &place : places) {
    if (place.bytes < position || place.bytes > end) return values_.clear();
    auto literal_length = static_cast<uint32_t>(place.bytes - position);
    literals_.insert(literals_.end(), position, place.bytes);
    position = place.bytes + place.length;
    double number;
    // A value that this reader does not take would not be read in the next line either.
    bool is_plain = place.is_text ? end_of_plain_text(place.bytes, position) == position
                                  : read_plain_number(position, end, number);
    if (!is_plain) return values_.clear();
    values_.push_back({literal_length, place.index, place.is_text, place.is_item});
  }
  last_literal_length_ = static_cast<uint32_t>(end - position);
  literals_.insert(literals_.end(), position, end);
  literals_.resize(literals_.size() + word_size);
  first_key_start_ = static_cast<size_t>(first_key.bytes - bytes);
  first_key_ = first_key;
  number_nodes_.assign(line.number_nodes, line.number_nodes + line.number_count);
  numbers_.resize(line.number_count);
  items_.assign(line.items, line.items + line.item_count);
  line_ = line;
  line_.number_nodes = number_nodes_.data();
  line_.numbers = numbers_.data();
  line_.items = items_.data();
}

bool LineTemplate::read(const uint8_t *bytes, size_t length) {
  if (values_.empty()) return false;
  const uint8_t *position = bytes, *end = bytes + length, *literal = literals_.data();
  for (const Value &value : values_) {
    if (static_cast<size_t>(end - position) < value.literal_length) return false;
    if (!same(position, literal, value.literal_length)) return false;
    position += value.literal_length;
    literal += value.literal_length;
    const uint8_t *start = position;
    if (value.is_text) {
      position = end_of_plain_text(position, end);
      items_[value.index].text = {start, static_cast<size_t>(position - start)};
      continue;
    }
    double number;
    if (!read_plain_number(position, end, number)) return false;
    if (value.is_item) {
      items_[value.index].number = number;
      items_[value.index].text = {start, static_cast<size_t>(position - start)};
    } else {
      numbers_[value.index] = number;
    }
  }
  if (static_cast<size_t>(end - position) != last_literal_length_) return false;
  if (!same(position, literal, last_literal_length_)) return false;
  first_key_.bytes = bytes + first_key_start_;
  return true;
}

const LineTemplate *LineTemplates::read(const uint8_t *bytes, size_t length) {
  if (rest_ > 0) {
    rest_--;
    return nullptr;
  }
  size_t expected = followers_[latest_];
  for (size_t offset = 0; offset < count; offset++) {
    size_t place = (expected + offset) % count;
    if (!templates_[place].read(bytes, length)) continue;
    followers_[latest_] = place;
    latest_ = place;
    misses_ = 0;
    pause_ = 0;
    return &templates_[place];
  }
  if (++misses_ >= patience) {
    misses_ = 0;
    pause_ = pause_ == 0 ? patience : pause_ < longest_rest ? 2 * pause_ : longest_rest;
    rest_ = pause_;
  }
  return nullptr;
}

void LineTemplates::learn(const uint8_t *bytes, size_t length, const std::vector<ValuePlace> &places,
                          const csj_line &line, csj_text first_key) {
  templates_[next_place_].learn(bytes, length, places, line, first_key);
  followers_[latest_] = next_place_;
  latest_ = next_place_;
  next_place_ = (next_place_ + 1) % count;
}

void LineTemplates::forget() {
  for (LineTemplate &line : templates_) line.forget();
}

}  // namespace csj
