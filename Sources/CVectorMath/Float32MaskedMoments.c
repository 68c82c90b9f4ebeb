#include "Float32Sums.h"

/// What CVMMasks holds, lane by lane.
typedef struct {
  F32x16 policy_where_reference_masked, reference_where_policy_masked, lowest_exponent;
  I32x16 masks_differ;
} LaneMasks;

CVM_INLINE void select_or_zero(const I32x16 *kept, const F32x16 *vector, F32x16 *result) {
  *result = (F32x16)((I32x16)*vector & *kept);
}

/// Entries with x and y given; what a model masks adds nothing.
CVM_INLINE void complete(Entries *entries, const I32x16 *policy_kept, const I32x16 *reference_kept) {
  I32x16 both = *policy_kept & *reference_kept;
  select_or_zero(policy_kept, &entries->x, &entries->x);
  select_or_zero(reference_kept, &entries->y, &entries->y);
  entries->difference = entries->x - entries->y;
  select_or_zero(&both, &entries->difference, &entries->difference);
  clamped_exponential(&entries->x, &entries->p);
  clamped_exponential(&entries->y, &entries->q);
  select_or_zero(policy_kept, &entries->p, &entries->p);
  select_or_zero(reference_kept, &entries->q, &entries->q);
}

CVM_INLINE void note_masks(LaneMasks *masks, const F32x16 *policy, const F32x16 *reference,
                           const I32x16 *policy_kept, const I32x16 *reference_kept) {
  const F32x16 masked = -INFINITY;
  F32x16 candidate = *policy_kept & ~*reference_kept ? *policy : masked;
  keep_greater(&masks->policy_where_reference_masked, &candidate);
  candidate = *reference_kept & ~*policy_kept ? *reference : masked;
  keep_greater(&masks->reference_where_policy_masked, &candidate);
  masks->masks_differ |= *policy_kept ^ *reference_kept;
}

CVM_INLINE void store_masks(const LaneMasks *lanes, CVMMasks *masks) {
  masks->policy_where_reference_masked = __builtin_reduce_max(lanes->policy_where_reference_masked);
  masks->reference_where_policy_masked = __builtin_reduce_max(lanes->reference_where_policy_masked);
  masks->lowest_exponent = __builtin_reduce_min(lanes->lowest_exponent);
  masks->masks_differ = __builtin_reduce_or(lanes->masks_differ) != 0;
}

CVM_INLINE void read_masked(const float *policy, const float *reference, float policy_maximum,
                            float reference_maximum, LaneMasks *masks, Entries *entries) {
  F32x16 p, q;
  load(policy, &p);
  load(reference, &q);
  // A NaN is unequal to −∞, so it is kept and shows in the exponent sums.
  I32x16 policy_kept = p != -INFINITY, reference_kept = q != -INFINITY;
  note_masks(masks, &p, &q, &policy_kept, &reference_kept);
  entries->x = p - policy_maximum;
  entries->y = q - reference_maximum;
  complete(entries, &policy_kept, &reference_kept);
  keep_lesser(&masks->lowest_exponent, &entries->x);
  keep_lesser(&masks->lowest_exponent, &entries->y);
}

CVM_CLONES
void cvm_masked_moments(const float *policy, const float *reference, float policy_maximum,
                        float reference_maximum, CVMMoments *moments, CVMMasks *masks) {
  WideSums wide = {0};
  LaneMasks lanes = {-INFINITY, -INFINITY, 0.0f, 0};
  for (int group = 0; group < GROUPS; group++) {
    LaneSums sums = {0};
    for (int link = 0; link < CHAIN; link += 2) {
      Entries first, second;
      read_masked(policy, reference, policy_maximum, reference_maximum, &lanes, &first);
      read_masked(policy + LANES, reference + LANES, policy_maximum, reference_maximum, &lanes, &second);
      add_pair(&sums, &first, &second);
      policy += 2 * LANES;
      reference += 2 * LANES;
    }
    widen_and_add_all(&wide, &sums);
  }
  store_sums(&wide, moments);
  store_masks(&lanes, masks);
}

CVM_CLONES
float cvm_least_under_mask(const float *policy, const float *reference, size_t count) {
  float least = INFINITY;
  for (size_t index = 0; index < count; index++) {
    const float candidate = reference[index] == -INFINITY ? policy[index] : INFINITY;
    least = candidate < least ? candidate : least;
  }
  return least;
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
      clamped_exponential(&x, &p);
      clamped_exponential(&y, &q);
      lanes += __builtin_elementwise_abs(p - q * mass_ratio);
      policy += LANES;
      reference += LANES;
    }
    widen_and_add(&wide, &lanes);
  }
  return sum(&wide);
}
