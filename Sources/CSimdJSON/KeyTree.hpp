// Keys of all lines so far, interned as a tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace csj {

/// What is looked at for every key of every line.
struct KeyNode {
  uint32_t parent = 0;
  /// Node that followed this one the last time, 0 for none: logs repeat themselves, so it mostly does again.
  uint32_t follower = 0;
  uint32_t written_length = 0;
  bool is_special = false;
  bool captures_arrays = false;
  /// The key as it was written, with its closing quote, and zeros up to a whole word.
  const uint64_t *written = nullptr;
};

class KeyTree {
 public:
  /// Nodes of keys that cannot be kept: the escapes are wrong, or there are too many keys.
  static constexpr uint32_t bad_escape = UINT32_MAX;
  static constexpr uint32_t full = UINT32_MAX - 1;
  /// More different keys than this are no log; it bounds what garbage can make the program keep.
  static constexpr uint32_t most_nodes = 1u << 20;

  KeyTree();

  /// The node of the key that starts at `bytes` (behind its opening quote) below `parent`, made where it is new.
  /// `cursor` is the node met before it and moves on to it. Eight bytes after `end` are readable.
  uint32_t find(uint32_t parent, const uint8_t *bytes, const uint8_t *end, uint32_t &cursor) {
    uint32_t expected = nodes_[cursor].follower;
    const KeyNode &node = nodes_[expected];
    if (expected != 0 && node.parent == parent &&
        node.written_length <= static_cast<size_t>(end - bytes) && same(node, bytes)) {
      cursor = expected;
      return expected;
    }
    return look_up(parent, bytes, end, cursor);
  }

  uint32_t add(uint32_t parent, std::string_view written, std::string_view name);

  KeyNode &operator[](uint32_t node) { return nodes_[node]; }
  const KeyNode &operator[](uint32_t node) const { return nodes_[node]; }
  /// Keys so far that did not follow the one that they followed the last time.
  uint64_t look_ups() const { return look_ups_; }
  uint32_t count() const { return static_cast<uint32_t>(nodes_.size()); }
  /// The key without escapes.
  const std::string &name(uint32_t node) const { return names_[node]; }

 private:
  static uint64_t word(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
  }

  static bool same(const KeyNode &node, const uint8_t *bytes) {
    size_t whole_words = node.written_length / 8, rest = node.written_length % 8;
    for (size_t index = 0; index < whole_words; index++) {
      if (word(bytes + index * 8) != node.written[index]) return false;
    }
    return rest == 0 || ((word(bytes + whole_words * 8) ^ node.written[whole_words]) << (64 - rest * 8)) == 0;
  }

  static uint64_t hash(uint32_t parent, const uint8_t *bytes, size_t length);
  uint32_t look_up(uint32_t parent, const uint8_t *bytes, const uint8_t *end, uint32_t &cursor);
  void insert(uint32_t node);
  void grow();

  uint64_t look_ups_ = 0;
  std::vector<KeyNode> nodes_;
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<uint64_t[]>> written_;
  /// Open addressing over node numbers; 0 is free, the size is a power of two.
  std::vector<uint32_t> slots_;
};

}  // namespace csj
