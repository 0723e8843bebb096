#include "federation/noise_field.h"

#include "privacy/noise.h"

namespace perdura::federation {
namespace {

using privacy::NoiseLaw;

NoiseLaw LawOf(v1::NoiseLaw field) {
  if (field == v1::DISCRETE_GAUSSIAN) return NoiseLaw::kDiscreteGaussian;
  if (field == v1::DISCRETE_LAPLACE) return NoiseLaw::kDiscreteLaplace;
  return NoiseLaw::kUnspecified;
}

}  // namespace

absl::StatusOr<privacy::DealerNoise> ReadNoise(const v1::Noise& field, int honest_dealers) {
  return privacy::DealerNoise::FromParameter(LawOf(field.law()), field.numerator(),
                                             field.denominator(), honest_dealers);
}

void WriteNoise(const privacy::DealerNoise& noise, v1::Noise& field) {
  field.set_law(noise.law() == NoiseLaw::kDiscreteLaplace ? v1::DISCRETE_LAPLACE
                                                          : v1::DISCRETE_GAUSSIAN);
  field.set_numerator(noise.numerator());
  field.set_denominator(noise.denominator());
}

}  // namespace perdura::federation
