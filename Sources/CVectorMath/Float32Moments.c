#include "Float32Sums.h"
#include "Widening.h"

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

/// What shows how a block lies to the maxima.
typedef struct {
  /// Has a sign where a logit is above its maximum.
  I32x16 above;
  /// As `note_range` leaves it.
  I32x16 outside;
} LaneChecks;

/// How the logits of a block are stored, known where a loop over it is compiled.
typedef enum {
  FLOAT32 = CVM_FLOAT32,
  FLOAT16 = CVM_FLOAT16,
  BFLOAT16 = CVM_BFLOAT16,
} Storage;

CVM_INLINE size_t bytes_of(Storage storage) { return storage == FLOAT32 ? 4 : 2; }

/// Sixteen logits in float32: widened here, in registers, they cost one or two instructions more.
CVM_INLINE void load_stored(const char *logits, Storage storage, F32x16 *vector) {
  if (storage == FLOAT32) {
    *vector = *(const F32x16Unaligned *)logits;
    return;
  }
  if (storage == BFLOAT16) {
    U16x16 half = *(const U16x16Unaligned *)logits;
    widen_bfloat16(&half, vector);
    return;
  }
#if CVM_HAS_HALF_VECTORS
  *vector = __builtin_convertvector(*(const H16x16Unaligned *)logits, F32x16);
#endif
}

CVM_INLINE void read_entries(const char *policy, Storage policy_storage, const char *reference,
                             Storage reference_storage, float policy_maximum, float reference_maximum,
                             LaneChecks *checks, Entries *entries) {
  F32x16 p, q;
  I32x16 policy_bits, reference_bits;
  load_stored(policy, policy_storage, &p);
  load_stored(reference, reference_storage, &q);
  entries->x = policy_maximum - p;
  entries->y = reference_maximum - q;
  entries->difference = entries->y - entries->x;
  exponential(&entries->x, &entries->p, &policy_bits);
  exponential(&entries->y, &entries->q, &reference_bits);
  checks->above |= (I32x16)entries->x | (I32x16)entries->y;
  note_range(&checks->outside, &policy_bits);
  note_range(&checks->outside, &reference_bits);
}

/// The next block comes from memory while this one is computed.
CVM_INLINE void prefetch(const char *logits, Storage storage) {
  // Two vectors at a time: two lines of the cache, or one.
  __builtin_prefetch(logits + CVM_BLOCK_SIZE * bytes_of(storage));
  if (storage == FLOAT32) __builtin_prefetch(logits + CVM_BLOCK_SIZE * bytes_of(storage) + 64);
}

CVM_INLINE void keep(const Entries *entries, float *policy_terms, float *reference_terms) {
  *(F32x16Unaligned *)policy_terms = entries->p;
  *(F32x16Unaligned *)reference_terms = entries->q;
}

/// Where the terms of a block go; null where nobody wants them.
typedef struct {
  float *policy, *reference;
} Terms;

CVM_INLINE CVMPlace add_block(const char *policy, Storage policy_storage, const char *reference,
                              Storage reference_storage, float policy_maximum, float reference_maximum,
                              CVMMoments *moments, Terms terms) {
  WideSums wide = {0};
  LaneChecks checks = {0, 0};
  const size_t policy_step = LANES * bytes_of(policy_storage);
  const size_t reference_step = LANES * bytes_of(reference_storage);
  for (int group = 0; group < GROUPS; group++) {
    LaneSums even = {0}, odd = {0};
    for (int vector = 0; vector < GROUP; vector += 2) {
      Entries first, second;
      prefetch(policy, policy_storage);
      prefetch(reference, reference_storage);
      read_entries(policy, policy_storage, reference, reference_storage, policy_maximum, reference_maximum, &checks,
                   &first);
      read_entries(policy + policy_step, policy_storage, reference + reference_step, reference_storage,
                   policy_maximum, reference_maximum, &checks, &second);
      add(&even, &first);
      add(&odd, &second);
      policy += 2 * policy_step;
      reference += 2 * reference_step;
      if (terms.policy == NULL) continue;
      keep(&first, terms.policy, terms.reference);
      keep(&second, terms.policy + LANES, terms.reference + LANES);
      terms.policy += 2 * LANES;
      terms.reference += 2 * LANES;
    }
    widen_and_add_all(&wide, &even, &odd);
  }
  store_sums(&wide, moments);
  if (is_outside(&checks.outside)) return CVM_OUTSIDE;
  return __builtin_reduce_or(checks.above) < 0 ? CVM_ABOVE : CVM_BELOW;
}

#define CVM_ADD(policy_storage, reference_storage)                                                           \
  add_block(policy->logits, policy_storage, reference->logits, reference_storage, policy_maximum,            \
            reference_maximum, moments, terms)

/// The moments of a block of float32 or bfloat16; with terms, those are stored as well.
CVM_INLINE CVMPlace add_plain(const CVMBlock *policy, const CVMBlock *reference, float policy_maximum,
                              float reference_maximum, CVMMoments *moments, Terms terms) {
  if (policy->scalar == CVM_FLOAT32) {
    return reference->scalar == CVM_FLOAT32 ? CVM_ADD(FLOAT32, FLOAT32) : CVM_ADD(FLOAT32, BFLOAT16);
  }
  return reference->scalar == CVM_FLOAT32 ? CVM_ADD(BFLOAT16, FLOAT32) : CVM_ADD(BFLOAT16, BFLOAT16);
}

// Declared before they are defined: `CVM_CLONES` asks for it.
static CVMPlace plain_moments(const CVMBlock *, const CVMBlock *, float, float, CVMMoments *);
static CVMPlace plain_moments_and_terms(const CVMBlock *, const CVMBlock *, float, float, CVMMoments *, Terms);

CVM_CLONES
static CVMPlace plain_moments(const CVMBlock *policy, const CVMBlock *reference, float policy_maximum,
                              float reference_maximum, CVMMoments *moments) {
  const Terms terms = {NULL, NULL};
  return add_plain(policy, reference, policy_maximum, reference_maximum, moments, terms);
}

CVM_CLONES
static CVMPlace plain_moments_and_terms(const CVMBlock *policy, const CVMBlock *reference, float policy_maximum,
                                        float reference_maximum, CVMMoments *moments, Terms terms) {
  return add_plain(policy, reference, policy_maximum, reference_maximum, moments, terms);
}

#if CVM_HAS_HALF_VECTORS

/// The same where float16 is in at least one of them.
CVM_INLINE CVMPlace add_half(const CVMBlock *policy, const CVMBlock *reference, float policy_maximum,
                             float reference_maximum, CVMMoments *moments, Terms terms) {
  if (policy->scalar == CVM_FLOAT32) return CVM_ADD(FLOAT32, FLOAT16);
  if (policy->scalar == CVM_BFLOAT16) return CVM_ADD(BFLOAT16, FLOAT16);
  if (reference->scalar == CVM_FLOAT32) return CVM_ADD(FLOAT16, FLOAT32);
  return reference->scalar == CVM_BFLOAT16 ? CVM_ADD(FLOAT16, BFLOAT16) : CVM_ADD(FLOAT16, FLOAT16);
}

// For each width of vectors a function of its own: `target_clones` would make one for processors without the
// instruction that widens float16 too, sixteen calls a vector.
#define CVM_HALF_MOMENTS(name, attributes)                                                                \
  attributes static CVMPlace name(const CVMBlock *policy, const CVMBlock *reference, float policy_maximum, \
                                  float reference_maximum, CVMMoments *moments) {                         \
    const Terms terms = {NULL, NULL};                                                                     \
    return add_half(policy, reference, policy_maximum, reference_maximum, moments, terms);                \
  }                                                                                                       \
  attributes static CVMPlace name##_and_terms(const CVMBlock *policy, const CVMBlock *reference,          \
                                              float policy_maximum, float reference_maximum,              \
                                              CVMMoments *moments, Terms terms) {                         \
    return add_half(policy, reference, policy_maximum, reference_maximum, moments, terms);                \
  }

CVM_HALF_MOMENTS(half_moments_512, __attribute__((target("arch=x86-64-v4"), min_vector_width(512))))
CVM_HALF_MOMENTS(half_moments_256, __attribute__((target("arch=x86-64-v3"), min_vector_width(512))))

bool cvm_takes_float16(void) { return cvm_vector_bits() >= 256; }

#else

bool cvm_takes_float16(void) { return false; }

#endif

CVMPlace cvm_moments(const CVMBlock *policy, const CVMBlock *reference, float policy_maximum,
                     float reference_maximum, CVMMoments *moments) {
#if CVM_HAS_HALF_VECTORS
  if (policy->scalar == CVM_FLOAT16 || reference->scalar == CVM_FLOAT16) {
    return cvm_vector_bits() == 512
             ? half_moments_512(policy, reference, policy_maximum, reference_maximum, moments)
             : half_moments_256(policy, reference, policy_maximum, reference_maximum, moments);
  }
#endif
  return plain_moments(policy, reference, policy_maximum, reference_maximum, moments);
}

CVMPlace cvm_moments_keeping_terms(const CVMBlock *policy, const CVMBlock *reference, float policy_maximum,
                                   float reference_maximum, CVMMoments *moments, float *policy_terms,
                                   float *reference_terms) {
  const Terms terms = {policy_terms, reference_terms};
#if CVM_HAS_HALF_VECTORS
  if (policy->scalar == CVM_FLOAT16 || reference->scalar == CVM_FLOAT16) {
    return cvm_vector_bits() == 512
             ? half_moments_512_and_terms(policy, reference, policy_maximum, reference_maximum, moments, terms)
             : half_moments_256_and_terms(policy, reference, policy_maximum, reference_maximum, moments, terms);
  }
#endif
  return plain_moments_and_terms(policy, reference, policy_maximum, reference_maximum, moments, terms);
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
