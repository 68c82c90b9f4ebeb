#include "CStaticBuild.h"

// Defined in an object that only `.ci/wheel` links.
extern const char kltop_commit[] __attribute__((weak));
extern const unsigned char kltop_characters[] __attribute__((weak));
extern const unsigned char kltop_characters_end[] __attribute__((weak));

const char *static_build_commit(void) { return kltop_commit; }

const void *static_build_characters(size_t *count) {
  *count = (size_t)(kltop_characters_end - kltop_characters);
  return kltop_characters;
}
