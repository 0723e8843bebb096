#include "query/row_noise.h"

namespace perdura::query {

double RowNoiseVariance(const privacy::DealerNoise& noise, int dealers, int honest) {
  const double parameter =
      static_cast<double>(noise.numerator()) / static_cast<double>(noise.denominator());
  if (noise.law() == privacy::NoiseLaw::kDiscreteGaussian) return parameter * dealers;
  const double p = parameter;
  return static_cast<double>(dealers) / honest * 2 * p / ((1 - p) * (1 - p));
}

}  // namespace perdura::query
