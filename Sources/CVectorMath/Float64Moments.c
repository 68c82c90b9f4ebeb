#include <math.h>

#include "include/CVectorMath.h"

void cvm_survey_float64(const double *row, size_t count, CVMSurvey *survey) {
  CVMSurvey result = {-INFINITY, 0, false};
  for (size_t index = 0; index < count; index++) {
    if (isnan(row[index])) result.has_nan = true;
    if (row[index] > result.maximum) {
      result.maximum = row[index];
      result.maximum_index = index;
    }
  }
  *survey = result;
}

/// Adds an entry of which neither model's probability is 0 by its mask.
static inline void add_pair(CVMMoments *sums, double p, double q, double x, double y) {
  // exp(x) = 0 counts as no probability, whatever the other model says.
  if (p > 0) sums->policy_log_ratio += p * (x - y);
  if (q > 0) sums->reference_log_ratio += q * (x - y);
}

static inline void note_mask(CVMMasks *masks, double policy, double reference) {
  const bool policy_masked = policy == -INFINITY, reference_masked = reference == -INFINITY;
  if (policy_masked != reference_masked) masks->masks_differ = true;
  if (reference_masked) {
    masks->policy_where_reference_masked = fmax(masks->policy_where_reference_masked, policy);
  }
  if (policy_masked) {
    masks->reference_where_policy_masked = fmax(masks->reference_where_policy_masked, reference);
  }
}

void cvm_moments_float64(const double *policy, const double *reference, size_t count, double policy_maximum,
                         double reference_maximum, CVMMoments *moments, CVMMasks *masks) {
  CVMMoments sums = {0};
  CVMMasks found = {-INFINITY, -INFINITY, false, false};
  for (size_t index = 0; index < count; index++) {
    const double x = policy[index] - policy_maximum, y = reference[index] - reference_maximum;
    const double p = exp(x), q = exp(y);
    sums.policy_mass += p;
    sums.reference_mass += q;
    if (p > 0) sums.policy_exponent += p * x;
    if (q > 0) sums.reference_exponent += q * y;
    if (policy[index] != -INFINITY && reference[index] != -INFINITY) add_pair(&sums, p, q, x, y);
    note_mask(&found, policy[index], reference[index]);
  }
  *moments = sums;
  *masks = found;
}

double cvm_least_under_mask_float64(const double *policy, const double *reference, size_t count) {
  double least = INFINITY;
  for (size_t index = 0; index < count; index++) {
    if (reference[index] == -INFINITY && policy[index] < least) least = policy[index];
  }
  return least;
}

double cvm_absolute_difference_float64(const double *policy, const double *reference, size_t count,
                                       double policy_maximum, double reference_maximum, double mass_ratio) {
  double sum = 0;
  for (size_t index = 0; index < count; index++) {
    const double p = exp(policy[index] - policy_maximum), q = exp(reference[index] - reference_maximum);
    sum += fabs(p - q * mass_ratio);
  }
  return sum;
}
