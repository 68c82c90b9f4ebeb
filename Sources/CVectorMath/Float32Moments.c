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

CVM_INLINE void read_entries(const float *policy, const float *reference, float policy_maximum,
                             float reference_maximum, LaneExtremes *extremes, Entries *entries) {
  // The next block comes from memory while this one is computed.
  __builtin_prefetch(policy + CVM_BLOCK_SIZE);
  __builtin_prefetch(reference + CVM_BLOCK_SIZE);
  F32x16 p, q;
  load(policy, &p);
  load(reference, &q);
  include(extremes, &p, &q);
  entries->x = p - policy_maximum;
  entries->y = q - reference_maximum;
  entries->difference = entries->x - entries->y;
  exponential(&entries->x, &entries->p);
  exponential(&entries->y, &entries->q);
}

CVM_INLINE void keep(const Entries *entries, float *policy_terms, float *reference_terms) {
  *(F32x16Unaligned *)policy_terms = entries->p;
  *(F32x16Unaligned *)reference_terms = entries->q;
}

/// The moments of a block; with `keeps`, its terms are stored as well.
CVM_INLINE void add_block(const float *policy, const float *reference, float policy_maximum,
                          float reference_maximum, CVMMoments *moments, CVMExtremes *extremes, bool keeps,
                          float *policy_terms, float *reference_terms) {
  WideSums wide = {0};
  LaneExtremes lanes = {-INFINITY, INFINITY, -INFINITY, INFINITY};
  for (int group = 0; group < GROUPS; group++) {
    LaneSums sums = {0};
    for (int link = 0; link < CHAIN; link += 2) {
      Entries first, second;
      read_entries(policy, reference, policy_maximum, reference_maximum, &lanes, &first);
      read_entries(policy + LANES, reference + LANES, policy_maximum, reference_maximum, &lanes, &second);
      add_pair(&sums, &first, &second);
      policy += 2 * LANES;
      reference += 2 * LANES;
      if (!keeps) continue;
      keep(&first, policy_terms, reference_terms);
      keep(&second, policy_terms + LANES, reference_terms + LANES);
      policy_terms += 2 * LANES;
      reference_terms += 2 * LANES;
    }
    widen_and_add_all(&wide, &sums);
  }
  store_sums(&wide, moments);
  store_extremes(&lanes, extremes);
}

CVM_CLONES
void cvm_moments(const float *policy, const float *reference, float policy_maximum, float reference_maximum,
                 CVMMoments *moments, CVMExtremes *extremes) {
  add_block(policy, reference, policy_maximum, reference_maximum, moments, extremes, false, NULL, NULL);
}

CVM_CLONES
void cvm_moments_keeping_terms(const float *policy, const float *reference, float policy_maximum,
                               float reference_maximum, CVMMoments *moments, CVMExtremes *extremes,
                               float *policy_terms, float *reference_terms) {
  add_block(policy, reference, policy_maximum, reference_maximum, moments, extremes, true, policy_terms,
            reference_terms);
}

CVM_CLONES
double cvm_difference_of_terms(const float *policy_terms, const float *reference_terms, float ratio) {
  F64x8 wide = 0;
  for (int group = 0; group < GROUPS; group++) {
    F32x16 lanes = 0.0f;
    for (int link = 0; link < CHAIN; link++) {
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
