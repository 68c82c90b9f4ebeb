// Arrays that were asked for: up to three dimensions, flat, row-major; and short lists of numbers of any key.

#include <cstdint>
#include <limits>

#include "LineDecoder.hpp"
#include "NumberToken.hpp"

namespace csj {

namespace {

constexpr size_t unknown = SIZE_MAX;
constexpr unsigned most_dimensions = 3;
/// Numbers of a list that are taken for a series each.
constexpr size_t longest_list = 16;
constexpr int deepest_list = 128;

/// True for what a number, `NaN` or `Infinity` begins with.
bool starts_number(std::string_view token) {
  char first = token.empty() ? '\0' : token[0];
  return first == '-' || first == 'N' || first == 'I' || (first >= '0' && first <= '9');
}

bool is_given_up(const csj_item &item) { return item.kind >= csj_kind_ragged_array; }

void give_up(csj_item &item, csj_kind reason) {
  if (!is_given_up(item)) item.kind = static_cast<uint8_t>(reason);
}

/// Notes that an array at `level` holds the elements themselves; all such arrays are at one level.
void note_leaf(csj_item &item, unsigned level) {
  if (item.rank == 0) item.rank = static_cast<uint8_t>(level + 1);
  if (item.rank != level + 1) give_up(item, csj_kind_ragged_array);
}

/// Notes that an array at `level` holds further arrays.
void note_rows(csj_item &item, unsigned level) {
  if (item.rank != 0 && level + 1 >= item.rank) give_up(item, csj_kind_ragged_array);
}

/// Notes the length of an array; all of one level have the length of the first.
void note_extent(csj_item &item, unsigned level, size_t count) {
  if (item.extents[level] == unknown) item.extents[level] = count;
  if (item.extents[level] != count) give_up(item, csj_kind_ragged_array);
}

}  // namespace

csj_verdict LineDecoder::note_list(ondemand::array array, uint32_t node, int depth) {
  if (depth >= deepest_list) return csj_verdict_too_deep;
  size_t first = array_numbers_.size(), count = 0;
  bool is_list = true;
  for (auto result : array) {
    ondemand::value element;
    auto error = std::move(result).get(element);
    if (error) return verdict_of(error);
    std::string_view token = element.raw_json_token();
    is_list = is_list && count++ < longest_list && starts_number(token);
    double number = 0;
    csj_verdict verdict = is_list ? read_number(element, token, number) : skim_value(element, depth + 1);
    if (verdict != csj_verdict_object) return verdict;
    if (is_list) array_numbers_.push_back(number);
  }
  if (!is_list) array_numbers_.resize(first);
  if (is_list && count == 0) return csj_verdict_object;
  csj_item &item = add_item(node, is_list ? csj_kind_number_array : csj_kind_mixed_array);
  item.rank = 1;
  item.extents[0] = item.count = is_list ? count : 0;
  item.first = first;
  return csj_verdict_object;
}

csj_verdict LineDecoder::capture(ondemand::array array, uint32_t node, int depth) {
  csj_item item = {};
  item.node = node;
  item.extents[0] = item.extents[1] = item.extents[2] = unknown;
  size_t first_number = array_numbers_.size();
  size_t first_text = array_texts_.size();
  csj_verdict verdict = capture_rows(array, item, 0, depth);
  if (verdict != csj_verdict_object) return verdict;
  if (item.kind == csj_kind_null) item.kind = csj_kind_number_array;
  bool is_text = item.kind == csj_kind_text_array;
  item.first = is_text ? first_text : first_number;
  item.count = is_text ? array_texts_.size() - first_text : array_numbers_.size() - first_number;
  items_.push_back(item);
  return csj_verdict_object;
}

csj_verdict LineDecoder::capture_rows(ondemand::array array, csj_item &item, unsigned level, int depth) {
  if (level >= most_dimensions) give_up(item, csj_kind_deep_array);
  if (is_given_up(item)) return skim_array(array, depth);
  size_t count = 0;
  for (auto result : array) {
    ondemand::value element;
    auto error = std::move(result).get(element);
    if (error) return verdict_of(error);
    csj_verdict verdict = capture_element(element, item, level, depth);
    if (verdict != csj_verdict_object) return verdict;
    count++;
  }
  if (count == 0) note_leaf(item, level);
  note_extent(item, level, count);
  return csj_verdict_object;
}

csj_verdict LineDecoder::capture_element(ondemand::value &value, csj_item &item, unsigned level, int depth) {
  std::string_view token = value.raw_json_token();
  char first = token.empty() ? '\0' : token[0];
  if (first == '[') {
    note_rows(item, level);
    ondemand::array rows;
    auto error = value.get_array().get(rows);
    return error ? verdict_of(error) : capture_rows(rows, item, level + 1, depth + 1);
  }
  note_leaf(item, level);
  if (first == '{') give_up(item, csj_kind_mixed_array);
  if (item.kind == csj_kind_number_array && first == '"') give_up(item, csj_kind_mixed_array);
  if (is_given_up(item)) return skim_value(value, depth);
  if (item.kind == csj_kind_null) item.kind = first == '"' ? csj_kind_text_array : csj_kind_number_array;
  return item.kind == csj_kind_text_array ? capture_text(value, token) : capture_number(value, token, item);
}

csj_verdict LineDecoder::capture_number(ondemand::value &value, std::string_view token, csj_item &item) {
  double number;
  if (value.get_double().get(number) != simdjson::SUCCESS && !read_unusual_number(trimmed(token), number)) {
    std::string_view word = trimmed(token);
    if (word == "null") {
      item.has_nulls = true;
      number = std::numeric_limits<double>::quiet_NaN();
    } else if (word == "true" || word == "false") {
      item.has_booleans = true;
      number = word == "true" ? 1 : 0;
    } else {
      return csj_verdict_malformed_number;
    }
  }
  array_numbers_.push_back(number);
  return csj_verdict_object;
}

csj_verdict LineDecoder::capture_text(ondemand::value &value, std::string_view token) {
  csj_text text = {};
  csj_verdict verdict = csj_verdict_object;
  if (token[0] == '"') {
    verdict = read_text(value, text);
  } else {
    std::string_view word = trimmed(token);
    verdict = skim_value(value, 0);
    if (word != "null") text = {reinterpret_cast<const uint8_t *>(word.data()), word.size()};
  }
  if (verdict == csj_verdict_object) array_texts_.push_back(text);
  return verdict;
}

}  // namespace csj
