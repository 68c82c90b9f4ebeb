#ifndef CVM_FLOAT32_SUMS_H
#define CVM_FLOAT32_SUMS_H

#include <math.h>

#include "VectorTypes.h"
#include "include/CVectorMath.h"

enum {
  LANES = 16,
  /// Vectors added in float32 before the sum goes on in float64, in pairs: a longer chain rounds too often.
  CHAIN = 8,
  GROUPS = CVM_BLOCK_SIZE / (LANES * CHAIN),
};

/// The six running sums of CVMMoments, lane by lane.
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

/// exp(x) for −87 ≤ x ≤ 0, relative error below 2·10⁻⁷: 2^n·exp(r) with |r| ≤ log(2)/2.
CVM_INLINE void exponential(const F32x16 *exponent, F32x16 *result) {
  // Adding 1.5·2²³ rounds to an integer, which then stands in the low bits.
  const float rounding = 12582912.0f;
  F32x16 shifted = *exponent * 1.44269504f + rounding;
  F32x16 n = shifted - rounding;
  // log(2) in two parts (Cody–Waite), the first so short that n times it is exact.
  F32x16 r = *exponent - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  // Minimax in relative error on ±log(2)/2, 1.1·10⁻⁷, in an order with few dependent steps (Estrin).
  F32x16 square = r * r;
  F32x16 low = r + 1.0f;
  F32x16 middle = r * 0x1.5557b0p-3f + 0x1.fffdfcp-2f;
  F32x16 high = r * 0x1.106250p-7f + 0x1.572a64p-5f;
  middle = square * high + middle;
  F32x16 polynomial = square * middle + low;
  *result = (F32x16)((I32x16)polynomial + ((I32x16)shifted << 23));
}

/// exp(max(x, −87)) for x ≤ 0: what lies below is taken as 1.6·10⁻³⁸, nothing beside the maximum's 1.
CVM_INLINE void clamped_exponential(const F32x16 *exponent, F32x16 *result) {
  const F32x16 lowest = CVM_LOWEST_EXPONENT;
  F32x16 clamped = *exponent > lowest ? *exponent : lowest;
  exponential(&clamped, result);
}

CVM_INLINE void load(const float *source, F32x16 *vector) { *vector = *(const F32x16Unaligned *)source; }

CVM_INLINE double sum(const F64x8 *lanes) {
  F64x4 four = lanes->lo + lanes->hi;
  return (four.x + four.z) + (four.y + four.w);
}

CVM_INLINE void widen_and_add(F64x8 *wide, const F32x16 *lanes) {
  *wide += __builtin_convertvector(lanes->lo, F64x8) + __builtin_convertvector(lanes->hi, F64x8);
}

CVM_INLINE void widen_and_add_all(WideSums *wide, const LaneSums *lanes) {
  widen_and_add(&wide->policy_mass, &lanes->policy_mass);
  widen_and_add(&wide->reference_mass, &lanes->reference_mass);
  widen_and_add(&wide->policy_log_ratio, &lanes->policy_log_ratio);
  widen_and_add(&wide->reference_log_ratio, &lanes->reference_log_ratio);
  widen_and_add(&wide->policy_exponent, &lanes->policy_exponent);
  widen_and_add(&wide->reference_exponent, &lanes->reference_exponent);
}

CVM_INLINE void store_sums(const WideSums *wide, CVMMoments *moments) {
  moments->policy_mass = sum(&wide->policy_mass);
  moments->reference_mass = sum(&wide->reference_mass);
  moments->policy_log_ratio = sum(&wide->policy_log_ratio);
  moments->reference_log_ratio = sum(&wide->reference_log_ratio);
  moments->policy_exponent = sum(&wide->policy_exponent);
  moments->reference_exponent = sum(&wide->reference_exponent);
}

CVM_INLINE void keep_greater(F32x16 *maximum, const F32x16 *vector) {
  *maximum = *vector > *maximum ? *vector : *maximum;
}

CVM_INLINE void keep_lesser(F32x16 *minimum, const F32x16 *vector) {
  *minimum = *vector < *minimum ? *vector : *minimum;
}

/// What one vector of entries adds to the sums.
typedef struct {
  F32x16 p, q, x, y, difference;
} Entries;

/// Adds two vectors, first to each other: equal numbers then round half as often.
CVM_INLINE void add_pair(LaneSums *sums, const Entries *a, const Entries *b) {
  sums->policy_mass += a->p + b->p;
  sums->reference_mass += a->q + b->q;
  sums->policy_log_ratio += a->p * a->difference + b->p * b->difference;
  sums->reference_log_ratio += a->q * a->difference + b->q * b->difference;
  sums->policy_exponent += a->p * a->x + b->p * b->x;
  sums->reference_exponent += a->q * a->y + b->q * b->y;
}

#endif
