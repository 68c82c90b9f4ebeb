#ifndef CVM_FLOAT32_SUMS_H
#define CVM_FLOAT32_SUMS_H

#include <math.h>

#include "VectorTypes.h"
#include "include/CVectorMath.h"

enum {
  LANES = 16,
  /// Vectors added in float32 before the sum goes on in float64, as two chains: a longer one rounds too often.
  GROUP = 16,
  GROUPS = CVM_BLOCK_SIZE / (LANES * GROUP),
};

/// The six running sums of CVMMoments, lane by lane; both exponents with the other sign.
typedef struct {
  F32x16 policy_mass, reference_mass;
  F32x16 policy_log_ratio, reference_log_ratio;
  F32x16 policy_exponent, reference_exponent;
} LaneSums;

/// The same in float64, half as many lanes.
typedef struct {
  F64x8 policy_mass, reference_mass;
  F64x8 policy_log_ratio, reference_log_ratio;
  F64x8 policy_exponent, reference_exponent;
} WideSums;

/// exp(−x) for 0 ≤ x ≤ −CVM_LOWEST_EXPONENT, relative error below 2·10⁻⁷: 2^n·2^r with |r| ≤ 1/2.
///
/// The integer n is left in the low bits of `bits`, from which `is_outside` tells whether x was in the range.
CVM_INLINE void exponential(const F32x16 *x, F32x16 *result, I32x16 *bits) {
  // Adding this rounds to an integer: 1.5·2²³ leaves n in the low bits. The 508 beside it is −4 modulo 2⁹, which the
  // factor 16 of the polynomial undoes, and makes the bits above the seventh the same for all n from −124 to 3.
  const float rounding = 12582912.0f + 508.0f;
  F32x16 shifted = *x * -1.44269504f + rounding;
  F32x16 n = shifted - rounding;
  F32x16 r = *x * -1.44269504f - n;
  // 16·2^r: minimax in relative error, 9.4·10⁻⁸, exact at 0.
  F32x16 polynomial = r * 0x1.5bd5a2p-6f + 0x1.3ce8d4p-3f;
  polynomial = r * polynomial + 0x1.c6b6e2p-1f;
  polynomial = r * polynomial + 0x1.ebf9c2p+1f;
  polynomial = r * polynomial + 0x1.62e42ap+3f;
  polynomial = r * polynomial + 16.0f;
  *bits = (I32x16)shifted;
  *result = (F32x16)((I32x16)polynomial + (*bits << 23));
}

/// Gathers in `outside` what differs where an exponential was not in the range; NaN never is.
CVM_INLINE void note_range(I32x16 *outside, const I32x16 *bits) { *outside |= *bits ^ (0x4B400000 + 384); }

/// Whether some exponential was not in the range.
CVM_INLINE bool is_outside(const I32x16 *outside) { return (__builtin_reduce_or(*outside) & ~127) != 0; }

/// exp(−min(x, −CVM_LOWEST_EXPONENT)) for x ≥ 0: what lies farther is nothing beside the maximum's 1.
CVM_INLINE void clamped_exponential(const F32x16 *x, F32x16 *result) {
  const F32x16 farthest = -CVM_LOWEST_EXPONENT;
  F32x16 clamped = *x < farthest ? *x : farthest;
  I32x16 bits;
  exponential(&clamped, result, &bits);
}

CVM_INLINE void load(const float *source, F32x16 *vector) { *vector = *(const F32x16Unaligned *)source; }

CVM_INLINE double sum(const F64x8 *lanes) {
  F64x4 four = lanes->lo + lanes->hi;
  return (four.x + four.z) + (four.y + four.w);
}

CVM_INLINE void widen_and_add(F64x8 *wide, const F32x16 *lanes) {
  *wide += __builtin_convertvector(lanes->lo, F64x8) + __builtin_convertvector(lanes->hi, F64x8);
}

/// The chains are added to each other first: equal numbers then round half as often.
CVM_INLINE void widen_and_add_both(F64x8 *wide, const F32x16 *first, const F32x16 *second) {
  F32x16 both = *first + *second;
  widen_and_add(wide, &both);
}

CVM_INLINE void widen_and_add_all(WideSums *wide, const LaneSums *first, const LaneSums *second) {
  widen_and_add_both(&wide->policy_mass, &first->policy_mass, &second->policy_mass);
  widen_and_add_both(&wide->reference_mass, &first->reference_mass, &second->reference_mass);
  widen_and_add_both(&wide->policy_log_ratio, &first->policy_log_ratio, &second->policy_log_ratio);
  widen_and_add_both(&wide->reference_log_ratio, &first->reference_log_ratio, &second->reference_log_ratio);
  widen_and_add_both(&wide->policy_exponent, &first->policy_exponent, &second->policy_exponent);
  widen_and_add_both(&wide->reference_exponent, &first->reference_exponent, &second->reference_exponent);
}

CVM_INLINE void store_sums(const WideSums *wide, CVMMoments *moments) {
  moments->policy_mass = sum(&wide->policy_mass);
  moments->reference_mass = sum(&wide->reference_mass);
  moments->policy_log_ratio = sum(&wide->policy_log_ratio);
  moments->reference_log_ratio = sum(&wide->reference_log_ratio);
  moments->policy_exponent = -sum(&wide->policy_exponent);
  moments->reference_exponent = -sum(&wide->reference_exponent);
}

CVM_INLINE void keep_greater(F32x16 *maximum, const F32x16 *vector) {
  *maximum = *vector > *maximum ? *vector : *maximum;
}

CVM_INLINE void keep_lesser(F32x16 *minimum, const F32x16 *vector) {
  *minimum = *vector < *minimum ? *vector : *minimum;
}

/// What one vector of entries adds to the sums: x and y are how far the logits lie below each model's maximum.
typedef struct {
  F32x16 p, q, x, y, difference;
} Entries;

CVM_INLINE void add(LaneSums *sums, const Entries *entries) {
  sums->policy_mass += entries->p;
  sums->reference_mass += entries->q;
  sums->policy_log_ratio += entries->p * entries->difference;
  sums->reference_log_ratio += entries->q * entries->difference;
  sums->policy_exponent += entries->p * entries->x;
  sums->reference_exponent += entries->q * entries->y;
}

#endif
