#ifndef PERDURA_QUERY_ROW_NOISE_H_
#define PERDURA_QUERY_ROW_NOISE_H_

#include "privacy/dealer_noise.h"

namespace perdura::query {

// Variance of the noise on one released row, from all Q dealers: v Q, or Q/h 2p / (1-p)^2 (squared
// counts, or squared 256ths of counts where the strategy's scale is 256). `dealers`: Q, `honest`: h
// of the committee. Worked numbers: v = 676099, Q = 3 give 2028297; level 1 with Q = h gives
// 1.84134719.
double RowNoiseVariance(const privacy::DealerNoise& noise, int dealers, int honest);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_ROW_NOISE_H_
