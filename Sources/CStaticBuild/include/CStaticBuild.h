// What only the program that `.ci/wheel` links carries.

#ifndef KLTOP_STATIC_BUILD_H
#define KLTOP_STATIC_BUILD_H

#include <stddef.h>

// The commit that the program was built from, with a word on changes beside it; NULL in every other build.
const char *static_build_commit(void);

// The content of the file `LC_CTYPE` of a UTF-8 locale, and its size in bytes; NULL in every other build. Each call
// unpacks it anew.
const void *static_build_characters(size_t *count);

#endif
