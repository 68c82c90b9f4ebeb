#ifndef CVM_WIDENING_H
#define CVM_WIDENING_H

#include "VectorTypes.h"

/// IEEE half precision: a multiplication rebases the exponent and normalises subnormal numbers.
CVM_INLINE void widen_float16(const U16x16 *half, F32x16 *wide) {
  U32x16 bits = __builtin_convertvector(*half, U32x16);
  U32x16 sign = (bits & 0x8000u) << 16;
  U32x16 magnitude = (bits & 0x7FFFu) << 13;
  U32x16 rebased = (U32x16)((F32x16)magnitude * 0x1p112f);
  U32x16 not_finite = (U32x16)(magnitude >= 0x0F800000u) & 0x7F800000u;
  *wide = (F32x16)(rebased | not_finite | sign);
}

/// bfloat16 is the upper half of a float32.
CVM_INLINE void widen_bfloat16(const U16x16 *half, F32x16 *wide) {
  *wide = (F32x16)(__builtin_convertvector(*half, U32x16) << 16);
}

#endif
