// The C interface: no exception leaves it.

#include "CSimdJSON.h"

#include <cstring>
#include <new>

#include "LineDecoder.hpp"
#include "PlainNumber.hpp"

struct csj_decoder {
  csj::LineDecoder lines;
};

namespace {

csj_text text_of(const std::string &string) {
  return {reinterpret_cast<const uint8_t *>(string.data()), string.size()};
}

}  // namespace

size_t csj_padding(void) { return simdjson::SIMDJSON_PADDING; }

csj_decoder *csj_create(void) {
  try {
    return new csj_decoder();
  } catch (...) {
    return nullptr;
  }
}

void csj_destroy(csj_decoder *decoder) { delete decoder; }

uint32_t csj_add_special(csj_decoder *decoder, uint32_t parent, const char *name, bool captures_arrays) {
  try {
    csj::KeyTree &keys = decoder->lines.keys();
    uint32_t node = keys.add(parent, std::string(name) + '"', name);
    keys[node].is_special = true;
    keys[node].captures_arrays = captures_arrays;
    return node;
  } catch (...) {
    return 0;
  }
}

uint32_t csj_add_key(csj_decoder *decoder, uint32_t parent, const uint8_t *name, size_t length) {
  try {
    csj::KeyTree &keys = decoder->lines.keys();
    if (keys.count() >= csj::KeyTree::most_nodes) return 0;
    std::string text(reinterpret_cast<const char *>(name), length);
    return keys.add(parent, text + '"', text);
  } catch (...) {
    return 0;
  }
}

void csj_make_special(csj_decoder *decoder, uint32_t node) {
  decoder->lines.keys()[node].is_special = true;
  decoder->lines.forget_templates();
}

uint32_t csj_node_count(const csj_decoder *decoder) { return decoder->lines.keys().count(); }

uint32_t csj_node_parent(const csj_decoder *decoder, uint32_t node) {
  return decoder->lines.keys()[node].parent;
}

csj_text csj_node_name(const csj_decoder *decoder, uint32_t node) {
  return text_of(decoder->lines.keys().name(node));
}

csj_verdict csj_decode(csj_decoder *decoder, const uint8_t *bytes, size_t length, const csj_line **line) {
  try {
    csj_verdict verdict = decoder->lines.decode(bytes, length);
    if (verdict == csj_verdict_object) *line = &decoder->lines.line();
    return verdict;
  } catch (...) {
    return csj_verdict_out_of_memory;
  }
}

csj_text csj_first_key(const csj_decoder *decoder) { return decoder->lines.first_key(); }

bool csj_plain_number(const uint8_t *bytes, size_t length, double *number) {
  constexpr size_t longest = 48, padding = 16;
  if (length == 0 || length > longest) return false;
  // Copied, because what lies behind the bytes may not be readable.
  uint8_t copy[longest + padding] = {};
  memcpy(copy, bytes, length);
  const uint8_t *position = copy;
  return csj::read_plain_number(position, copy + length, *number) && position == copy + length;
}
