#include "LineDecoder.hpp"

#include <cstring>

#include "NumberToken.hpp"
#include "Unescape.hpp"

namespace csj {

namespace {

/// Levels of nesting that are followed: each costs a stack frame, and no log needs more.
constexpr int deepest = 128;
/// Bytes that are kept from line to line; what a longer line needed is given back with the next one.
constexpr size_t usual_length = 8u << 20;

bool is_space(uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; }

}  // namespace

csj_verdict verdict_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR: return csj_verdict_invalid_utf8;
    case simdjson::UNESCAPED_CHARS:
    case simdjson::STRING_ERROR: return csj_verdict_malformed_string;
    case simdjson::UNCLOSED_STRING:
    case simdjson::EMPTY:
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT: return csj_verdict_incomplete;
    case simdjson::NUMBER_ERROR: return csj_verdict_malformed_number;
    case simdjson::CAPACITY: return csj_verdict_too_long;
    case simdjson::MEMALLOC: return csj_verdict_out_of_memory;
    default: return csj_verdict_malformed;
  }
}

csj_verdict LineDecoder::decode(const uint8_t *bytes, size_t length) {
  while (length > 0 && is_space(*bytes)) {
    bytes++;
    length--;
  }
  if (const LineTemplate *known = templates_.read(bytes, length)) {
    current_line_ = &known->line();
    first_key_ = known->first_key();
    return csj_verdict_object;
  }
  start(bytes, length);
  csj_verdict verdict =
    length > 0 && *bytes == '{' ? walk_document(bytes, length) : judge_other(bytes, length);
  finish();
  if (learns_ && verdict == csj_verdict_object) learn(bytes);
  return verdict;
}

void LineDecoder::learn(const uint8_t *bytes) {
  // Numbers of a key that came twice have moved, and arrays are not kept.
  if (had_repeats_ || !array_numbers_.empty() || !array_texts_.empty() || plain_count_ > 0) return;
  for (const csj_item &item : items_) {
    if (item.kind > csj_kind_text) return;
  }
  templates_.learn(bytes, length_, places_of_values_, line_, first_key_);
}

void LineDecoder::start(const uint8_t *bytes, size_t length) {
  shrink(length);
  end_ = bytes + length;
  length_ = length;
  cursor_ = 0;
  number_count_ = 0;
  plain_count_ = 0;
  first_key_ = {nullptr, 0};
  current_line_ = &line_;
  learns_ = templates_.is_curious();
  places_of_values_.clear();
  items_.clear();
  array_numbers_.clear();
  array_texts_.clear();
}

bool LineDecoder::may_repeat() {
  if (keys_.look_ups() == known_look_ups_ && number_count_ <= known_count_) return false;
  // Nodes are numbered as they appear: a key that comes twice cannot go on rising.
  bool falls = false;
  for (size_t index = 1; index < number_count_; index++) falls |= number_nodes_[index] <= number_nodes_[index - 1];
  known_look_ups_ = keys_.look_ups();
  known_count_ = falls ? 0 : number_count_;
  return falls;
}

bool LineDecoder::drop_repeats() {
  lines_with_repeats_++;
  places_.resize(keys_.count());
  size_t kept = 0;
  for (size_t index = 0; index < number_count_; index++) {
    uint32_t node = number_nodes_[index];
    Place &place = places_[node];
    if (place.line == lines_with_repeats_) {
      numbers_[place.position] = numbers_[index];
      continue;
    }
    place = {lines_with_repeats_, kept};
    number_nodes_[kept] = node;
    numbers_[kept] = numbers_[index];
    kept++;
  }
  bool had_some = kept < number_count_;
  number_count_ = kept;
  return had_some;
}

void LineDecoder::finish() {
  had_repeats_ = may_repeat() && drop_repeats();
  line_.number_nodes = number_nodes_.data();
  line_.numbers = numbers_.data();
  line_.number_count = number_count_;
  line_.items = items_.data();
  line_.item_count = items_.size();
  line_.array_numbers = array_numbers_.data();
  line_.array_texts = array_texts_.data();
}

namespace {

template <typename Element>
void give_back(std::vector<Element> &vector) {
  if (vector.capacity() * sizeof(Element) > usual_length) std::vector<Element>().swap(vector);
}

}  // namespace

void LineDecoder::shrink(size_t length) {
  if (length > usual_length) return;
  if (parser_->capacity() > usual_length) parser_ = std::make_unique<ondemand::parser>();
  give_back(array_numbers_);
  give_back(array_texts_);
  give_back(plain_text_);
}

csj_verdict LineDecoder::walk_document(const uint8_t *bytes, size_t length) {
  ondemand::document document;
  if (parser_->capacity() < length) {
    // Some room to spare, so that lines that grow by a byte do not allocate anew each time.
    auto error = parser_->allocate(length > usual_length ? length : 2 * length + 4096);
    if (error) return verdict_of(error);
  }
  auto error = parser_->iterate(bytes, length, length + simdjson::SIMDJSON_PADDING).get(document);
  if (error) return verdict_of(error);
  ondemand::object object;
  error = document.get_object().get(object);
  if (error) return verdict_of(error);
  csj_verdict verdict = walk_object(object, 0, 0);
  if (verdict != csj_verdict_object) return verdict;
  bool is_whole = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return is_whole ? csj_verdict_object : csj_verdict_malformed;
}

csj_verdict LineDecoder::walk_object(ondemand::object object, uint32_t parent, int depth) {
  for (auto result : object) {
    ondemand::field field;
    auto error = std::move(result).get(field);
    if (error) return verdict_of(error);
    auto key = reinterpret_cast<const uint8_t *>(field.key().raw());
    uint32_t node = 0;
    if (skims_) {
      csj_text name;
      csj_verdict verdict = read_string(key, name);
      if (verdict != csj_verdict_object) return verdict;
    } else {
      node = keys_.find(parent, key, end_, cursor_);
      if (node == KeyTree::bad_escape) return csj_verdict_malformed_string;
      if (node == KeyTree::full) return csj_verdict_too_many_keys;
      if (depth == 0 && first_key_.length == 0) first_key_ = {key - 1, keys_[node].written_length + 1u};
    }
    ondemand::value value = field.value();
    double number;
    const uint8_t *token = reinterpret_cast<const uint8_t *>(value.raw_json_token().data());
    if (!skims_ && !keys_[node].is_special && value.get_double().get(number) == simdjson::SUCCESS) {
      // Nearly everything in a log is this.
      note_place(token, 0, number_count_, false, false);
      note_number(node, number);
      continue;
    }
    csj_verdict verdict = skims_ ? skim_value(value, depth) : walk_value(value, node, depth);
    if (verdict != csj_verdict_object) return verdict;
  }
  return csj_verdict_object;
}

csj_verdict LineDecoder::walk_value(ondemand::value &value, uint32_t node, int depth) {
  std::string_view token = value.raw_json_token();
  switch (token.empty() ? '\0' : token[0]) {
    case '{': {
      if (depth >= deepest) return csj_verdict_too_deep;
      ondemand::object object;
      auto error = value.get_object().get(object);
      return error ? verdict_of(error) : walk_object(object, node, depth + 1);
    }
    case '[': {
      ondemand::array array;
      auto error = value.get_array().get(array);
      if (error) return verdict_of(error);
      return keys_[node].captures_arrays ? capture(array, node, depth) : note_list(array, node, depth);
    }
    case '"': return walk_text(value, node);
    case 't':
    case 'f':
    case 'n':
    case 'T':
    case 'F':
    case 'N': {
      std::string_view word = trimmed(token);
      bool is_number = word == "nan" || (word[0] == 'N' && word != "None");
      return is_number ? walk_number(value, token, node) : walk_word(word, node);
    }
    default: return walk_number(value, token, node);
  }
}

csj_verdict LineDecoder::walk_number(ondemand::value &value, std::string_view token, uint32_t node) {
  double number;
  csj_verdict verdict = read_number(value, token, number);
  if (verdict != csj_verdict_object) return verdict;
  if (keys_[node].is_special) {
    csj_item &item = add_item(node, csj_kind_number);
    item.number = number;
    item.text = {reinterpret_cast<const uint8_t *>(token.data()), token.size()};
    note_place(item.text.bytes, 0, items_.size() - 1, false, true);
    return csj_verdict_object;
  }
  note_place(reinterpret_cast<const uint8_t *>(token.data()), 0, number_count_, false, false);
  note_number(node, number);
  return csj_verdict_object;
}

void LineDecoder::make_number_room() {
  number_room_ = number_room_ * 2 + 64;
  number_nodes_.resize(number_room_);
  numbers_.resize(number_room_);
  number_columns_ = {number_nodes_.data(), numbers_.data()};
}

csj_verdict LineDecoder::walk_text(ondemand::value &value, uint32_t node) {
  csj_text text;
  csj_verdict verdict = read_text(value, text);
  if (verdict != csj_verdict_object) return verdict;
  add_item(node, csj_kind_text).text = text;
  note_place(text.bytes, text.length, items_.size() - 1, true, true);
  return csj_verdict_object;
}

csj_verdict LineDecoder::walk_word(std::string_view token, uint32_t node) {
  // A dict that Python printed differs from JSON in these words.
  bool is_true = token == "true" || token == "True";
  if (is_true || token == "false" || token == "False") {
    add_item(node, csj_kind_boolean).number = is_true ? 1 : 0;
  } else if (token != "null" && token != "None") {
    return csj_verdict_malformed;
  } else if (keys_[node].is_special) {
    add_item(node, csj_kind_null);
  }
  return csj_verdict_object;
}

csj_verdict LineDecoder::read_number(ondemand::value &value, std::string_view token, double &number) {
  if (value.get_double().get(number) == simdjson::SUCCESS) return csj_verdict_object;
  return read_unusual_number(trimmed(token), number) ? csj_verdict_object : csj_verdict_malformed_number;
}

csj_verdict LineDecoder::read_text(ondemand::value &value, csj_text &text) {
  ondemand::raw_json_string string;
  auto error = value.get_raw_json_string().get(string);
  if (error) return verdict_of(error);
  return read_string(reinterpret_cast<const uint8_t *>(string.raw()), text);
}

csj_verdict LineDecoder::read_string(const uint8_t *bytes, csj_text &text) {
  const uint8_t *quote = closing_quote(bytes, end_);
  if (quote == end_) return csj_verdict_malformed_string;
  size_t length = static_cast<size_t>(quote - bytes);
  text = {bytes, length};
  if (memchr(bytes, '\\', length) == nullptr) return csj_verdict_object;
  if (plain_text_.size() < length_) plain_text_.resize(length_);
  uint8_t *plain = plain_text_.data() + plain_count_;
  ptrdiff_t plain_length = unescape(bytes, length, plain);
  if (plain_length < 0) return csj_verdict_malformed_string;
  plain_count_ += static_cast<size_t>(plain_length);
  text = {plain, static_cast<size_t>(plain_length)};
  return csj_verdict_object;
}

csj_item &LineDecoder::add_item(uint32_t node, csj_kind kind) {
  items_.emplace_back();
  csj_item &item = items_.back();
  item.node = node;
  item.kind = static_cast<uint8_t>(kind);
  return item;
}

csj_verdict LineDecoder::skim_array(ondemand::array array, int depth) {
  if (depth >= deepest) return csj_verdict_too_deep;
  for (auto result : array) {
    ondemand::value element;
    auto error = std::move(result).get(element);
    if (error) return verdict_of(error);
    csj_verdict verdict = skim_value(element, depth + 1);
    if (verdict != csj_verdict_object) return verdict;
  }
  return csj_verdict_object;
}

csj_verdict LineDecoder::skim_value(ondemand::value &value, int depth) {
  std::string_view token = value.raw_json_token();
  switch (token.empty() ? '\0' : token[0]) {
    case '{': {
      if (depth >= deepest) return csj_verdict_too_deep;
      ondemand::object object;
      auto error = value.get_object().get(object);
      if (error) return verdict_of(error);
      bool outer = skims_;
      skims_ = true;
      csj_verdict verdict = walk_object(object, 0, depth + 1);
      skims_ = outer;
      return verdict;
    }
    case '[': {
      ondemand::array array;
      auto error = value.get_array().get(array);
      return error ? verdict_of(error) : skim_array(array, depth);
    }
    case '"': {
      csj_text text;
      return read_text(value, text);
    }
    case 't':
    case 'f':
    case 'n': {
      std::string_view word = trimmed(token);
      return word == "true" || word == "false" || word == "null" ? csj_verdict_object : csj_verdict_malformed;
    }
    default: {
      double number;
      return read_number(value, token, number);
    }
  }
}

csj_verdict LineDecoder::judge_other(const uint8_t *bytes, size_t length) {
  static const char starts[] = "[\"-0123456789tfnNI";
  if (length == 0 || *bytes == 0 || strchr(starts, *bytes) == nullptr) return csj_verdict_not_json;
  if (length > usual_length) return csj_verdict_not_an_object;
  std::vector<uint8_t> wrapped(length + 5 + simdjson::SIMDJSON_PADDING, '\n');
  memcpy(wrapped.data(), "{\"\":", 4);
  memcpy(wrapped.data() + 4, bytes, length);
  wrapped[length + 4] = '}';
  const uint8_t *outer_end = end_;
  end_ = wrapped.data() + length + 5;
  skims_ = true;
  csj_verdict verdict = walk_document(wrapped.data(), length + 5);
  skims_ = false;
  end_ = outer_end;
  return verdict == csj_verdict_object ? csj_verdict_not_an_object : csj_verdict_not_json;
}

}  // namespace csj
