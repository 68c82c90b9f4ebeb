#include "VectorTypes.h"
#include "include/CVectorMath.h"

CVM_CLONES
uint64_t cvm_read(const void *bytes, size_t count) {
  U64x8 first = 0, second = 0, third = 0, fourth = 0;
  for (size_t offset = 0; offset < count; offset += 256) {
    const U64x8Unaligned *vectors = (const U64x8Unaligned *)((const char *)bytes + offset);
    first ^= vectors[0];
    second ^= vectors[1];
    third ^= vectors[2];
    fourth ^= vectors[3];
  }
  U64x8 all = (first ^ second) ^ (third ^ fourth);
  uint64_t result = 0;
  for (int lane = 0; lane < 8; lane++) result ^= all[lane];
  return result;
}

int cvm_vector_bits(void) {
#if defined(__linux__) && defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return 512;
  return __builtin_cpu_supports("x86-64-v3") ? 256 : 128;
#else
  return 0;
#endif
}
