#include "Float32Sums.h"

/// What CVMMasks holds, lane by lane.
typedef struct {
  F32x16 policy_where_reference_masked, reference_where_policy_masked;
  I32x16 masks_differ, needs_float64;
} LaneMasks;

/// Where a model has a logit at all, and where one so near its maximum that its exponential is taken.
typedef struct {
  I32x16 kept, near;
} Presence;

/// Beyond this a probability is 0 in float64 as well; up to it exp(CVM_LOWEST_EXPONENT) times it is nothing.
static const float farthest = 1e20f;
/// From here on a probability is nothing even beside a distance of the greatest float32.
static const float negligible = 200.0f;

CVM_INLINE void select_or_zero(const I32x16 *kept, const F32x16 *vector, F32x16 *result) {
  *result = (F32x16)((I32x16)*vector & *kept);
}

/// A NaN is unequal to −∞ and not beyond anything, so it is near and shows in the exponent sums.
CVM_INLINE void find_presence(const F32x16 *logits, const F32x16 *distance, Presence *presence) {
  presence->kept = *logits != -INFINITY;
  presence->near = presence->kept & ~(*distance > farthest);
}

/// Entries with x and y given; what a model masks or has far away adds nothing.
CVM_INLINE void complete(Entries *entries, const Presence *policy, const Presence *reference) {
  I32x16 both = policy->near & reference->near;
  select_or_zero(&policy->near, &entries->x, &entries->x);
  select_or_zero(&reference->near, &entries->y, &entries->y);
  entries->difference = entries->y - entries->x;
  select_or_zero(&both, &entries->difference, &entries->difference);
  clamped_exponential(&entries->x, &entries->p);
  clamped_exponential(&entries->y, &entries->q);
  select_or_zero(&policy->near, &entries->p, &entries->p);
  select_or_zero(&reference->near, &entries->q, &entries->q);
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

/// A logit far away in one model only is a difference beyond float32 wherever the other gives the entry a probability.
CVM_INLINE void note_far(LaneMasks *masks, const Entries *entries, const Presence *policy,
                         const Presence *reference) {
  I32x16 policy_far = policy->kept & ~policy->near, reference_far = reference->kept & ~reference->near;
  masks->needs_float64 |= policy_far & reference->near & (entries->y < negligible);
  masks->needs_float64 |= reference_far & policy->near & (entries->x < negligible);
}

CVM_INLINE void store_masks(const LaneMasks *lanes, CVMMasks *masks) {
  masks->policy_where_reference_masked = __builtin_reduce_max(lanes->policy_where_reference_masked);
  masks->reference_where_policy_masked = __builtin_reduce_max(lanes->reference_where_policy_masked);
  masks->masks_differ = __builtin_reduce_or(lanes->masks_differ) != 0;
  masks->needs_float64 = __builtin_reduce_or(lanes->needs_float64) != 0;
}

CVM_INLINE void read_masked(const float *policy, const float *reference, float policy_maximum,
                            float reference_maximum, LaneMasks *masks, Entries *entries) {
  F32x16 p, q;
  Presence of_policy, of_reference;
  load(policy, &p);
  load(reference, &q);
  entries->x = policy_maximum - p;
  entries->y = reference_maximum - q;
  find_presence(&p, &entries->x, &of_policy);
  find_presence(&q, &entries->y, &of_reference);
  note_masks(masks, &p, &q, &of_policy.kept, &of_reference.kept);
  note_far(masks, entries, &of_policy, &of_reference);
  complete(entries, &of_policy, &of_reference);
}

CVM_CLONES
void cvm_masked_moments(const float *policy, const float *reference, float policy_maximum,
                        float reference_maximum, CVMMoments *moments, CVMMasks *masks) {
  WideSums wide = {0};
  LaneMasks lanes = {-INFINITY, -INFINITY, 0, 0};
  for (int group = 0; group < GROUPS; group++) {
    LaneSums even = {0}, odd = {0};
    for (int vector = 0; vector < GROUP; vector += 2) {
      Entries first, second;
      read_masked(policy, reference, policy_maximum, reference_maximum, &lanes, &first);
      read_masked(policy + LANES, reference + LANES, policy_maximum, reference_maximum, &lanes, &second);
      add(&even, &first);
      add(&odd, &second);
      policy += 2 * LANES;
      reference += 2 * LANES;
    }
    widen_and_add_all(&wide, &even, &odd);
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
    for (int vector = 0; vector < GROUP; vector++) {
      F32x16 x, y, p, q;
      load(policy, &x);
      load(reference, &y);
      // At −∞ this gives exp(−86), which no sum of probabilities can feel.
      x = policy_maximum - x;
      y = reference_maximum - y;
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
