// Walks one line with simdjson's on-demand parser and notes what it says.
#pragma once

#include <simdjson.h>

#include <memory>
#include <string_view>
#include <vector>

#include "CSimdJSON.h"
#include "KeyTree.hpp"
#include "LineTemplate.hpp"

namespace csj {

namespace ondemand = simdjson::ondemand;

csj_verdict verdict_of(simdjson::error_code error);

class LineDecoder {
 public:
  LineDecoder() : parser_(std::make_unique<ondemand::parser>()) {}

  csj_verdict decode(const uint8_t *bytes, size_t length);

  KeyTree &keys() { return keys_; }
  const KeyTree &keys() const { return keys_; }
  const csj_line &line() const { return *current_line_; }
  csj_text first_key() const { return first_key_; }
  /// A key means something else from the next line on.
  void forget_templates() { templates_.forget(); }

 private:
  void start(const uint8_t *bytes, size_t length);
  void finish();
  /// Frees what only an unusually long line before this one needed.
  void shrink(size_t length);

  /// Learns the line that was decoded, if it is one that the next one may be like.
  void learn(const uint8_t *bytes);

  /// Walks the whole document; nothing is noted where `skims_`.
  csj_verdict walk_document(const uint8_t *bytes, size_t length);
  csj_verdict walk_object(ondemand::object object, uint32_t parent, int depth);
  csj_verdict walk_value(ondemand::value &value, uint32_t node, int depth);
  csj_verdict walk_number(ondemand::value &value, std::string_view token, uint32_t node);
  csj_verdict walk_text(ondemand::value &value, uint32_t node);
  csj_verdict walk_word(std::string_view token, uint32_t node);
  /// Checks an array that nobody asked for.
  csj_verdict skim_array(ondemand::array array, int depth);
  csj_verdict skim_value(ondemand::value &value, int depth);

  /// Notes an array of an ordinary key: its numbers where they are few, else only that it is there.
  csj_verdict note_list(ondemand::array array, uint32_t node, int depth);
  csj_verdict capture(ondemand::array array, uint32_t node, int depth);
  csj_verdict capture_rows(ondemand::array array, csj_item &item, unsigned level, int depth);
  csj_verdict capture_element(ondemand::value &value, csj_item &item, unsigned level, int depth);
  csj_verdict capture_number(ondemand::value &value, std::string_view token, csj_item &item);
  csj_verdict capture_text(ondemand::value &value, std::string_view token);

  /// JSON that is no object, or no JSON: wraps the line in an object and looks again.
  csj_verdict judge_other(const uint8_t *bytes, size_t length);

  csj_verdict read_number(ondemand::value &value, std::string_view token, double &number);
  csj_verdict read_text(ondemand::value &value, csj_text &text);
  void note_number(uint32_t node, double number) {
    if (number_count_ == number_room_) make_number_room();
    number_columns_.numbers[number_count_] = number;
    number_columns_.nodes[number_count_] = node;
    number_count_++;
  }
  void make_number_room();
  /// Notes where a value stands, while the line is to be learnt.
  void note_place(const uint8_t *bytes, size_t length, size_t index, bool is_text, bool is_item) {
    if (learns_) places_of_values_.push_back({bytes, length, static_cast<uint32_t>(index), is_text, is_item});
  }
  /// True where a key may have come twice.
  bool may_repeat();
  /// Leaves the last of several numbers of a key; false where none had several.
  bool drop_repeats();
  /// The text of a string that starts behind an opening quote.
  csj_verdict read_string(const uint8_t *bytes, csj_text &text);
  csj_item &add_item(uint32_t node, csj_kind kind);

  std::unique_ptr<ondemand::parser> parser_;
  KeyTree keys_;
  uint32_t cursor_ = 0;
  bool skims_ = false;
  const uint8_t *end_ = nullptr;
  size_t length_ = 0;
  csj_text first_key_ = {nullptr, 0};

  std::vector<uint32_t> number_nodes_;
  std::vector<double> numbers_;
  /// The two vectors, without a look at where they are for each number.
  struct {
    uint32_t *nodes = nullptr;
    double *numbers = nullptr;
  } number_columns_;
  size_t number_room_ = 0;
  size_t number_count_ = 0;
  /// The last line whose numbers were looked at and had no key twice: a line whose keys follow each other as before, and
  /// no further, has none either.
  uint64_t known_look_ups_ = 0;
  size_t known_count_ = 0;
  /// Of each node the last line in which `drop_repeats` met it, and where its number stands.
  struct Place {
    uint64_t line = 0;
    size_t position = 0;
  };
  std::vector<Place> places_;
  uint64_t lines_with_repeats_ = 0;
  /// The last line had a number twice.
  bool had_repeats_ = false;
  std::vector<csj_item> items_;
  std::vector<double> array_numbers_;
  std::vector<csj_text> array_texts_;
  /// Text without escapes; as long as the line, so that it never moves.
  std::vector<uint8_t> plain_text_;
  size_t plain_count_ = 0;
  csj_line line_ = {};
  /// The line that was decoded last: `line_`, or that of a template.
  const csj_line *current_line_ = &line_;
  LineTemplates templates_;
  /// The line may become a template.
  bool learns_ = false;
  std::vector<ValuePlace> places_of_values_;
};

}  // namespace csj
