#include "Float32Sums.h"

typedef struct {
  F32x16 policy_maximum, policy_minimum, reference_maximum, reference_minimum;
} LaneExtremes;

CVM_INLINE void include(LaneExtremes *lanes, const F32x16 *policy, const F32x16 *reference) {
  keep_greater(&lanes->policy_maximum, policy);
  keep_lesser(&lanes->policy_minimum, policy);
  keep_greater(&lanes->reference_maximum, reference);
  keep_lesser(&lanes->reference_minimum, reference);
}

CVM_INLINE void store_extremes(const LaneExtremes *lanes, CVMExtremes *extremes) {
  extremes->policy_maximum = __builtin_reduce_max(lanes->policy_maximum);
  extremes->policy_minimum = __builtin_reduce_min(lanes->policy_minimum);
  extremes->reference_maximum = __builtin_reduce_max(lanes->reference_maximum);
  extremes->reference_minimum = __builtin_reduce_min(lanes->reference_minimum);
}

/// What shows whether a block was plain.
typedef struct {
  /// Has a sign where a logit is above its maximum.
  I32x16 above;
  /// As `note_range` leaves it.
  I32x16 outside;
} LaneChecks;

CVM_INLINE void read_entries(const float *policy, const float *reference, float policy_maximum,
                             float reference_maximum, LaneChecks *checks, Entries *entries) {
  // The next block comes from memory while this one is computed.
  __builtin_prefetch(policy + CVM_BLOCK_SIZE);
  __builtin_prefetch(reference + CVM_BLOCK_SIZE);
  F32x16 p, q;
  I32x16 policy_bits, reference_bits;
  load(policy, &p);
  load(reference, &q);
  entries->x = policy_maximum - p;
  entries->y = reference_maximum - q;
  entries->difference = entries->y - entries->x;
  exponential(&entries->x, &entries->p, &policy_bits);
  exponential(&entries->y, &entries->q, &reference_bits);
  checks->above |= (I32x16)entries->x | (I32x16)entries->y;
  note_range(&checks->outside, &policy_bits);
  note_range(&checks->outside, &reference_bits);
}

CVM_INLINE void keep(const Entries *entries, float *policy_terms, float *reference_terms) {
  *(F32x16Unaligned *)policy_terms = entries->p;
  *(F32x16Unaligned *)reference_terms = entries->q;
}

/// The moments of a block and whether it is plain; with `keeps`, its terms are stored as well.
CVM_INLINE bool add_block(const float *policy, const float *reference, float policy_maximum,
                          float reference_maximum, CVMMoments *moments, bool keeps, float *policy_terms,
                          float *reference_terms) {
  WideSums wide = {0};
  LaneChecks checks = {0, 0};
  for (int group = 0; group < GROUPS; group++) {
    LaneSums even = {0}, odd = {0};
    for (int vector = 0; vector < GROUP; vector += 2) {
      Entries first, second;
      read_entries(policy, reference, policy_maximum, reference_maximum, &checks, &first);
      read_entries(policy + LANES, reference + LANES, policy_maximum, reference_maximum, &checks, &second);
      add(&even, &first);
      add(&odd, &second);
      policy += 2 * LANES;
      reference += 2 * LANES;
      if (!keeps) continue;
      keep(&first, policy_terms, reference_terms);
      keep(&second, policy_terms + LANES, reference_terms + LANES);
      policy_terms += 2 * LANES;
      reference_terms += 2 * LANES;
    }
    widen_and_add_all(&wide, &even, &odd);
  }
  store_sums(&wide, moments);
  return __builtin_reduce_or(checks.above) >= 0 && !is_outside(&checks.outside);
}

CVM_CLONES
bool cvm_moments(const float *policy, const float *reference, float policy_maximum, float reference_maximum,
                 CVMMoments *moments) {
  return add_block(policy, reference, policy_maximum, reference_maximum, moments, false, NULL, NULL);
}

CVM_CLONES
bool cvm_moments_keeping_terms(const float *policy, const float *reference, float policy_maximum,
                               float reference_maximum, CVMMoments *moments, float *policy_terms,
                               float *reference_terms) {
  return add_block(policy, reference, policy_maximum, reference_maximum, moments, true, policy_terms,
                   reference_terms);
}

CVM_CLONES
double cvm_difference_of_terms(const float *policy_terms, const float *reference_terms, float ratio) {
  F64x8 wide = 0;
  for (int group = 0; group < GROUPS; group++) {
    F32x16 lanes = 0.0f;
    for (int vector = 0; vector < GROUP; vector++) {
      F32x16 p, q;
      load(policy_terms, &p);
      load(reference_terms, &q);
      lanes += __builtin_elementwise_abs(p - q * ratio);
      policy_terms += LANES;
      reference_terms += LANES;
    }
    widen_and_add(&wide, &lanes);
  }
  return sum(&wide);
}

CVM_CLONES
void cvm_extremes(const float *policy, const float *reference, CVMExtremes *extremes) {
  LaneExtremes lanes = {-INFINITY, INFINITY, -INFINITY, INFINITY};
  for (int index = 0; index < CVM_BLOCK_SIZE; index += LANES) {
    F32x16 p, q;
    load(policy + index, &p);
    load(reference + index, &q);
    include(&lanes, &p, &q);
  }
  store_extremes(&lanes, extremes);
}
