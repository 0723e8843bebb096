#ifndef PERDURA_FEDERATION_NOISE_FIELD_H_
#define PERDURA_FEDERATION_NOISE_FIELD_H_

#include "absl/status/statusor.h"
#include "perdura/v1/round.pb.h"
#include "privacy/dealer_noise.h"

namespace perdura::federation {

// The noise that a manifest or release states, and the way back. ReadNoise returns InvalidArgument
// for an unknown law or a parameter out of range; whether it is the noise that plan and charter
// demand is RoundTerms' to compare. `honest_dealers`: h of the charter's committee.
absl::StatusOr<privacy::DealerNoise> ReadNoise(const v1::Noise& field, int honest_dealers);
void WriteNoise(const privacy::DealerNoise& noise, v1::Noise& field);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_NOISE_FIELD_H_
