#ifndef PERDURA_STATISTICS_SIMULTANEOUS_H_
#define PERDURA_STATISTICS_SIMULTANEOUS_H_

#include <cstdint>
#include <random>

#include "Eigen/Core"
#include "absl/strings/string_view.h"

namespace perdura::statistics {

// Standard normal draws that are the same on every machine for one seed. A plain generator for
// simulation on released numbers; never the one that draws noise.
class PlainNormal final {
 public:
  explicit PlainNormal(absl::string_view seed);
  double Draw();

 private:
  double Uniform();  // in (0, 1]
  std::mt19937_64 engine_;
  double spare_ = 0;
  bool has_spare_ = false;
};

// The `level` quantile of max |z| over `draws` draws of normal vectors with covariance `covariance`
// (symmetric, positive semidefinite, positive diagonal), each component in units of its own sd.
double MaxAbsQuantile(const Eigen::MatrixXd& covariance, double level, int draws,
                      absl::string_view seed);

}  // namespace perdura::statistics

#endif  // PERDURA_STATISTICS_SIMULTANEOUS_H_
