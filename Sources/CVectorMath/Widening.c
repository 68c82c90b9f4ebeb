#include <string.h>

#include "VectorTypes.h"
#include "Widening.h"
#include "include/CVectorMath.h"

enum { LANES = 16 };

/// The entries after the last whole vector, widened in one more.
#define CVM_WIDEN_REST(widen)                                                        \
  do {                                                                               \
    U16x16 half = 0;                                                                 \
    F32x16 wide;                                                                     \
    memcpy(&half, bytes + 2 * index, 2 * (count - index));                           \
    widen(&half, &wide);                                                             \
    memcpy(destination + index, &wide, sizeof(float) * (count - index));             \
  } while (0)

CVM_CLONES
void cvm_widen_float16(const void *source, size_t count, float *destination) {
  const char *bytes = source;
  size_t index = 0;
  for (; index + LANES <= count; index += LANES) {
    U16x16 half = *(const U16x16Unaligned *)(bytes + 2 * index);
    F32x16 wide;
    widen_float16(&half, &wide);
    *(F32x16Unaligned *)(destination + index) = wide;
  }
  CVM_WIDEN_REST(widen_float16);
}

CVM_CLONES
void cvm_widen_bfloat16(const void *source, size_t count, float *destination) {
  const char *bytes = source;
  size_t index = 0;
  for (; index + LANES <= count; index += LANES) {
    U16x16 half = *(const U16x16Unaligned *)(bytes + 2 * index);
    F32x16 wide;
    widen_bfloat16(&half, &wide);
    *(F32x16Unaligned *)(destination + index) = wide;
  }
  CVM_WIDEN_REST(widen_bfloat16);
}

CVM_CLONES
void cvm_widen_float32(const void *source, size_t count, double *destination) {
  const char *bytes = source;
  for (size_t index = 0; index < count; index++) {
    float value;
    memcpy(&value, bytes + sizeof(float) * index, sizeof(float));
    destination[index] = value;
  }
}

CVM_CLONES
size_t cvm_first_index(const float *row, size_t count, float value) {
  size_t index = 0;
  for (; index + LANES <= count; index += LANES) {
    I32x16 equal = *(const F32x16Unaligned *)(row + index) == value;
    if (__builtin_reduce_or(equal) != 0) break;
  }
  while (index < count && row[index] != value) index++;
  return index;
}
