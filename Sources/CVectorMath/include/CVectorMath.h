#ifndef CVECTORMATH_H
#define CVECTORMATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The innermost loops of the divergence engine, each compiled for several instruction sets.
///
/// Logits are read in blocks: a block fits the first-level cache, so its extremes can be found first and its
/// exponentials taken relative to them. "policy" is P, "reference" is Q. Pointers need no alignment.

/// Number of entries of a full block; the float32 moments take no other size.
enum { CVM_BLOCK_SIZE = 1024 };

/// The lowest exponent of which float32 loops take the exponential; it must stay normal and scalable.
#define CVM_LOWEST_EXPONENT (-86.0f)

/// Extremes of one block of both rows. A NaN is passed over here; it shows in the moments.
typedef struct {
  float policy_maximum;
  float policy_minimum;
  float reference_maximum;
  float reference_minimum;
} CVMExtremes;

/// Sums over a block with p = exp(x), q = exp(y), where x and y are the logits less each model's `maximum`.
typedef struct {
  double policy_mass;          ///< Σ p
  double reference_mass;       ///< Σ q
  double policy_log_ratio;     ///< Σ p·(x − y), over entries that neither model masks
  double reference_log_ratio;  ///< Σ q·(x − y), over entries that neither model masks
  double policy_exponent;      ///< Σ p·x, over entries that the policy does not mask
  double reference_exponent;   ///< Σ q·y, over entries that the reference does not mask
} CVMMoments;

/// What a block with entries at −∞ adds to its moments.
typedef struct {
  double policy_where_reference_masked;  ///< Largest policy logit where only the reference is −∞, else −∞.
  double reference_where_policy_masked;  ///< Largest reference logit where only the policy is −∞, else −∞.
  bool masks_differ;                     ///< Some entry is −∞ in exactly one model.
  bool needs_float64;                    ///< Some difference of logits that counts is too great for float32.
} CVMMasks;

/// What a first look at a block of float64 logits tells of one model.
typedef struct {
  double maximum;         ///< Largest entry; −∞ where all are −∞ or NaN.
  size_t maximum_index;   ///< Its first index in the block.
  bool has_nan;
} CVMSurvey;

/// Widens `count` IEEE half-precision numbers, exactly.
void cvm_widen_float16(const void *source, size_t count, float *destination);
/// Widens `count` bfloat16 numbers, exactly.
void cvm_widen_bfloat16(const void *source, size_t count, float *destination);
/// Widens `count` float32 numbers, exactly.
void cvm_widen_float32(const void *source, size_t count, double *destination);

/// Extremes of a full block.
void cvm_extremes(const float *policy, const float *reference, CVMExtremes *extremes);

/// How the logits of a block lie to the maxima that its moments are relative to.
typedef enum {
  /// At or below them; the moments hold.
  CVM_BELOW,
  /// Some a little above; the moments hold, and the maxima are to be raised.
  CVM_ABOVE,
  /// NaN, far above, or farther than `CVM_LOWEST_EXPONENT` below: the moments do not hold.
  CVM_OUTSIDE,
} CVMPlace;

/// How logits are stored.
typedef enum { CVM_FLOAT32, CVM_FLOAT16, CVM_BFLOAT16 } CVMScalar;

/// A full block of stored logits.
typedef struct {
  const void *logits;
  CVMScalar scalar;
} CVMBlock;

/// Whether the moments take float16 on this processor; else it has to be widened before.
bool cvm_takes_float16(void);

/// Moments of a full block relative to the maxima so far.
CVMPlace cvm_moments(const CVMBlock *policy, const CVMBlock *reference, float policy_maximum,
                     float reference_maximum, CVMMoments *moments);

/// The same, and keeps p and q of every entry of the block.
CVMPlace cvm_moments_keeping_terms(const CVMBlock *policy, const CVMBlock *reference, float policy_maximum,
                                   float reference_maximum, CVMMoments *moments, float *policy_terms,
                                   float *reference_terms);

/// Σ |p − q·ratio| over the kept terms of a full block, exactly 0 where they are equal and the ratio is 1.
double cvm_difference_of_terms(const float *policy_terms, const float *reference_terms, float ratio);

/// Moments of a full block in which entries may be −∞ or far below the maximum.
void cvm_masked_moments(const float *policy, const float *reference, float policy_maximum,
                        float reference_maximum, CVMMoments *moments, CVMMasks *masks);

/// Smallest policy logit where the reference is −∞, among `count` entries; +∞ where there is none.
float cvm_least_under_mask(const float *policy, const float *reference, size_t count);

/// The same for float64 logits.
double cvm_least_under_mask_float64(const double *policy, const double *reference, size_t count);

/// Σ |p − q·mass_ratio| over a full block, exactly 0 where the blocks are equal and the ratio is 1.
double cvm_absolute_difference(const float *policy, const float *reference, float policy_maximum,
                               float reference_maximum, float mass_ratio);

/// First index of `value` among `count` entries, or `count`.
size_t cvm_first_index(const float *row, size_t count, float value);

/// Largest entry of `count` float64 logits and whether one is NaN.
void cvm_survey_float64(const double *row, size_t count, CVMSurvey *survey);

/// Moments of `count` float64 logits; entries may be −∞, none is NaN or +∞.
void cvm_moments_float64(const double *policy, const double *reference, size_t count, double policy_maximum,
                         double reference_maximum, CVMMoments *moments, CVMMasks *masks);

/// Σ |p − q·mass_ratio| over `count` float64 logits.
double cvm_absolute_difference_float64(const double *policy, const double *reference, size_t count,
                                       double policy_maximum, double reference_maximum, double mass_ratio);

/// Reads `count` bytes (a multiple of 256) as fast as one thread can and returns their exclusive or.
uint64_t cvm_read(const void *bytes, size_t count);

/// Width in bits of the vectors that the loops here use on this processor, where it is chosen at run time; else 0.
int cvm_vector_bits(void);

#endif
