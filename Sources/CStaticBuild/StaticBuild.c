#include "CStaticBuild.h"

// Defined in an object that only `.ci/wheel` links.
extern const char kltop_commit[] __attribute__((weak));
extern const void *kltop_characters(size_t *count) __attribute__((weak));

const char *static_build_commit(void) { return kltop_commit; }

const void *static_build_characters(size_t *count) {
  *count = 0;
  return kltop_characters ? kltop_characters(count) : NULL;
}
