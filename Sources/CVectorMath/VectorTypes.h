#ifndef CVM_VECTOR_TYPES_H
#define CVM_VECTOR_TYPES_H

#include <stdint.h>

// Sixteen float32 are one register of the widest set; narrower sets hold them in several.
typedef float F32x16 __attribute__((ext_vector_type(16)));
typedef int32_t I32x16 __attribute__((ext_vector_type(16)));
typedef uint32_t U32x16 __attribute__((ext_vector_type(16)));
typedef uint16_t U16x16 __attribute__((ext_vector_type(16)));
typedef double F64x8 __attribute__((ext_vector_type(8)));
typedef double F64x4 __attribute__((ext_vector_type(4)));
typedef uint64_t U64x8 __attribute__((ext_vector_type(8)));

// Rows lie where a file puts them.
typedef float F32x16Unaligned __attribute__((ext_vector_type(16), aligned(1)));
typedef uint16_t U16x16Unaligned __attribute__((ext_vector_type(16), aligned(1)));
#if defined(__linux__) && defined(__x86_64__)
/// IEEE half precision, which one instruction widens where the processor has it.
typedef _Float16 H16x16Unaligned __attribute__((ext_vector_type(16), aligned(1)));
#define CVM_HAS_HALF_VECTORS 1
#else
#define CVM_HAS_HALF_VECTORS 0
#endif
typedef uint64_t U64x8Unaligned __attribute__((ext_vector_type(8), aligned(1)));

/// Helpers take vectors by pointer: passed by value they would need one instruction set for all callers.
#define CVM_INLINE static inline __attribute__((always_inline))

/// A function compiled for several instruction sets, the best one chosen when the program is loaded.
///
/// Without the width attribute the compiler splits 512-bit vectors for x86-64-v4.
#if defined(__linux__) && defined(__x86_64__)
#define CVM_CLONES \
  __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4"), min_vector_width(512)))
#else
#define CVM_CLONES
#endif

#endif
