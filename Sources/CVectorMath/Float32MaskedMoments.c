#include "Float32Sums.h"

/// What CVMMasks holds, lane by lane.
typedef struct {
  F32x16 policy_where_reference_masked, reference_where_policy_masked, lowest_exponent;
  I32x16 masks_differ;
} LaneMasks;

CVM_INLINE void select_or_zero(const I32x16 *kept, const F32x16 *vector, F32x16 *result) {
  *result = (F32x16)((I32x16)*vector & *kept);
}

CVM_INLINE void add_masked(LaneSums *sums, const F32x16 *x, const F32x16 *y, const I32x16 *policy_kept,
                           const I32x16 *reference_kept) {
  F32x16 p, q, kept_x, kept_y, difference;
  I32x16 both = *policy_kept & *reference_kept;
  select_or_zero(policy_kept, x, &kept_x);
  select_or_zero(reference_kept, y, &kept_y);
  difference = kept_x - kept_y;
  select_or_zero(&both, &difference, &difference);
  exponential(&kept_x, &p);
  exponential(&kept_y, &q);
  select_or_zero(policy_kept, &p, &p);
  select_or_zero(reference_kept, &q, &q);
  sums->policy_mass += p;
  sums->reference_mass += q;
  sums->policy_log_ratio += p * difference;
  sums->reference_log_ratio += q * difference;
  sums->policy_exponent += p * kept_x;
  sums->reference_exponent += q * kept_y;
}

CVM_INLINE void note_masks(LaneMasks *masks, const F32x16 *policy, const F32x16 *reference, const F32x16 *x,
                           const F32x16 *y, const I32x16 *policy_kept, const I32x16 *reference_kept) {
  F32x16 candidate = *policy_kept & ~*reference_kept ? *policy : (F32x16)-INFINITY;
  F32x16 *highest = &masks->policy_where_reference_masked;
  *highest = candidate > *highest ? candidate : *highest;
  candidate = *reference_kept & ~*policy_kept ? *reference : (F32x16)-INFINITY;
  highest = &masks->reference_where_policy_masked;
  *highest = candidate > *highest ? candidate : *highest;

  F32x16 kept;
  F32x16 *lowest = &masks->lowest_exponent;
  select_or_zero(policy_kept, x, &kept);
  *lowest = kept < *lowest ? kept : *lowest;
  select_or_zero(reference_kept, y, &kept);
  *lowest = kept < *lowest ? kept : *lowest;
  masks->masks_differ |= *policy_kept ^ *reference_kept;
}

CVM_INLINE void store_masks(const LaneMasks *lanes, CVMMasks *masks) {
  masks->policy_where_reference_masked = __builtin_reduce_max(lanes->policy_where_reference_masked);
  masks->reference_where_policy_masked = __builtin_reduce_max(lanes->reference_where_policy_masked);
  masks->lowest_exponent = __builtin_reduce_min(lanes->lowest_exponent);
  masks->masks_differ = __builtin_reduce_or(lanes->masks_differ) != 0;
}

CVM_CLONES
void cvm_masked_moments(const float *policy, const float *reference, float policy_maximum,
                        float reference_maximum, CVMMoments *moments, CVMMasks *masks) {
  WideSums wide = {0};
  LaneMasks lanes = {-INFINITY, -INFINITY, 0.0f, 0};
  for (int group = 0; group < GROUPS; group++) {
    LaneSums sums = {0};
    for (int link = 0; link < CHAIN; link++) {
      F32x16 p, q;
      load(policy, &p);
      load(reference, &q);
      // A NaN is unequal to −∞, so it is kept and shows in the exponent sums.
      I32x16 policy_kept = p != -INFINITY;
      I32x16 reference_kept = q != -INFINITY;
      F32x16 x = p - policy_maximum;
      F32x16 y = q - reference_maximum;
      add_masked(&sums, &x, &y, &policy_kept, &reference_kept);
      note_masks(&lanes, &p, &q, &x, &y, &policy_kept, &reference_kept);
      policy += LANES;
      reference += LANES;
    }
    widen_and_add_all(&wide, &sums);
  }
  store_sums(&wide, moments);
  store_masks(&lanes, masks);
}

CVM_CLONES
double cvm_absolute_difference(const float *policy, const float *reference, float policy_maximum,
                               float reference_maximum, float mass_ratio) {
  F64x8 wide = 0;
  for (int group = 0; group < GROUPS; group++) {
    F32x16 lanes = 0.0f;
    for (int link = 0; link < CHAIN; link++) {
      F32x16 x, y, p, q;
      load(policy, &x);
      load(reference, &y);
      // At −∞ this gives exp(−87), which no sum of probabilities can feel.
      x = x - policy_maximum;
      y = y - reference_maximum;
      exponential(&x, &p);
      exponential(&y, &q);
      lanes += __builtin_elementwise_abs(p - q * mass_ratio);
      policy += LANES;
      reference += LANES;
    }
    widen_and_add(&wide, &lanes);
  }
  return sum(&wide);
}
