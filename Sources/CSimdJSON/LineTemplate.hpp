// Lines that differ from an earlier one in nothing but their values.
//
// A log repeats itself: its lines mostly have the same keys in the same order, written the same way. A template keeps
// the bytes of such a line around its numbers and texts; a line that has them too is read without a parser, in a third
// of the time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "CSimdJSON.h"

namespace csj {

/// Where a value stands in the line that is being decoded.
struct ValuePlace {
  const uint8_t *bytes;
  /// Of a text, without its quotes; of a number 0.
  size_t length;
  /// Index among the line's numbers, or among its items.
  uint32_t index;
  bool is_text;
  bool is_item;
};

class LineTemplate {
 public:
  /// Takes over a line whose values stand where `places` say.
  ///
  /// The line is an object, decoded without an error, whose values are numbers, texts without escapes and words.
  void learn(const uint8_t *bytes, size_t length, const std::vector<ValuePlace> &places, const csj_line &line,
             csj_text first_key);

  /// Reads a line like the one that was learnt; false for any other line.
  ///
  /// What was read is in `line` until the next call. Padding behind the line is readable.
  bool read(const uint8_t *bytes, size_t length);

  void forget() { values_.clear(); }

  const csj_line &line() const { return line_; }
  csj_text first_key() const { return first_key_; }

 private:
  struct Value {
    /// Bytes in front of it, behind the value before.
    uint32_t literal_length;
    uint32_t index;
    bool is_text;
    bool is_item;
  };

  /// Empty where nothing was learnt.
  std::vector<Value> values_;
  /// All that lies between the values, one behind the other, and padding.
  std::vector<uint8_t> literals_;
  uint32_t last_literal_length_ = 0;
  size_t first_key_start_ = 0;
  csj_text first_key_ = {nullptr, 0};
  std::vector<uint32_t> number_nodes_;
  std::vector<double> numbers_;
  std::vector<csj_item> items_;
  csj_line line_ = {};
};

/// A few templates: a log may have several kinds of lines.
class LineTemplates {
 public:
  /// The template that a line is like, after it was read; null for none.
  const LineTemplate *read(const uint8_t *bytes, size_t length);

  /// Whether the line that `read` refused is worth learning.
  bool is_curious() const { return rest_ == 0; }

  void learn(const uint8_t *bytes, size_t length, const std::vector<ValuePlace> &places, const csj_line &line,
             csj_text first_key);

  /// Forgets all, because a key means something else now.
  void forget();

 private:
  static constexpr size_t count = 4;
  /// Lines in a row that were like none, after which nothing is tried for some lines.
  static constexpr uint32_t patience = 16;
  static constexpr uint32_t longest_rest = 1024;

  LineTemplate templates_[count];
  /// The template that followed each one the last time.
  size_t followers_[count] = {0, 1, 2, 3};
  size_t latest_ = 0;
  size_t next_place_ = 0;
  uint32_t misses_ = 0;
  /// Lines to come that are not tried.
  uint32_t rest_ = 0;
  uint32_t pause_ = 0;
};

}  // namespace csj
