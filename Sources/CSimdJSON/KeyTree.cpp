#include "KeyTree.hpp"

#include "Unescape.hpp"

namespace csj {

KeyTree::KeyTree() : nodes_(1), names_(1), written_(1), slots_(256, 0) {}

uint64_t KeyTree::hash(uint32_t parent, const uint8_t *bytes, size_t length) {
  uint64_t value = 0xCBF29CE484222325u ^ parent;
  for (size_t index = 0; index < length; index++) value = (value ^ bytes[index]) * 0x100000001B3u;
  return value ^ (value >> 29);
}

uint32_t KeyTree::look_up(uint32_t parent, const uint8_t *bytes, const uint8_t *end, uint32_t &cursor) {
  look_ups_++;
  const uint8_t *quote = closing_quote(bytes, end);
  if (quote == end) return bad_escape;
  size_t length = static_cast<size_t>(quote - bytes) + 1;
  size_t mask = slots_.size() - 1;
  size_t slot = hash(parent, bytes, length) & mask;
  uint32_t node = 0;
  while ((node = slots_[slot]) != 0) {
    const KeyNode &candidate = nodes_[node];
    if (candidate.parent == parent && candidate.written_length == length && same(candidate, bytes)) break;
    slot = (slot + 1) & mask;
  }
  if (node == 0) {
    if (nodes_.size() >= most_nodes || length > UINT32_MAX) return full;
    std::string name(length - 1, '\0');
    ptrdiff_t plain = unescape(bytes, length - 1, reinterpret_cast<uint8_t *>(&name[0]));
    if (plain < 0) return bad_escape;
    name.resize(static_cast<size_t>(plain));
    node = add(parent, std::string_view(reinterpret_cast<const char *>(bytes), length), name);
  }
  nodes_[cursor].follower = node;
  cursor = node;
  return node;
}

uint32_t KeyTree::add(uint32_t parent, std::string_view written, std::string_view name) {
  if (nodes_.size() * 2 >= slots_.size()) grow();
  size_t words = (written.size() + 7) / 8;
  std::unique_ptr<uint64_t[]> copy(new uint64_t[words]());
  memcpy(copy.get(), written.data(), written.size());
  KeyNode node;
  node.parent = parent;
  node.written_length = static_cast<uint32_t>(written.size());
  node.written = copy.get();
  names_.emplace_back(name);
  written_.push_back(std::move(copy));
  nodes_.push_back(node);
  insert(count() - 1);
  return count() - 1;
}

void KeyTree::insert(uint32_t node) {
  const KeyNode &entry = nodes_[node];
  size_t mask = slots_.size() - 1;
  size_t slot =
    hash(entry.parent, reinterpret_cast<const uint8_t *>(entry.written), entry.written_length) & mask;
  while (slots_[slot] != 0) slot = (slot + 1) & mask;
  slots_[slot] = node;
}

void KeyTree::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (uint32_t node = 1; node < count(); node++) insert(node);
}

}  // namespace csj
