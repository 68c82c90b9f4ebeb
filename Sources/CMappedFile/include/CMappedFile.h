// Mapping a file into memory so that its shrinking while it is read is no fatal signal.
//
// Reading a mapped page that the file has lost raises SIGBUS in the middle of whatever loop reads it. A handler, which
// must be C, puts a page of zeros there and notes it: the loop ends with wrong numbers, and who asked for them is told.

#ifndef KLTOP_MAPPED_FILE_H
#define KLTOP_MAPPED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  // NULL for an empty file.
  const uint8_t *bytes;
  size_t length;
  int slot;
} CMFMapping;

// Maps the first `length` bytes of an open file for reading. Returns 0, or an errno value with nothing mapped.
//
// From the first call on SIGBUS is caught; one that no mapping explains goes to whoever caught it before.
int cmf_map(int descriptor, size_t length, CMFMapping *mapping);

// True once a page that the file did not have any more was read.
bool cmf_has_lost_pages(const CMFMapping *mapping);

// Nobody may be reading.
void cmf_unmap(CMFMapping *mapping);

#endif
