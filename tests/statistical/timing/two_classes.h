#ifndef PERDURA_TESTS_STATISTICAL_TIMING_TWO_CLASSES_H_
#define PERDURA_TESTS_STATISTICAL_TIMING_TWO_CLASSES_H_

#include <span>
#include <vector>

namespace perdura::timing {

// Measurements of the same thing on two kinds of input, taken in random order.
struct TwoClasses {
  std::vector<double> first;
  std::vector<double> second;
  void Add(bool is_second, double value) { (is_second ? second : first).push_back(value); }
};

// Beyond it two classes count as told apart (Reparaz, Balasch, Verbauwhede 2017): by chance once in
// 150,000 comparisons.
inline constexpr double kLeakT = 4.5;
// What a classifier may reach on 20,000 pairs; 0.5 is guessing.
inline constexpr double kLargestAuc = 0.52;

// Welch's t of mean(a) - mean(b). Both need two values or more. 0 where all values are equal, and
// infinite where each class is constant and they differ.
double WelchT(std::span<const double> a, std::span<const double> b);

// Largest |t| over both classes as they are and cut at the 99th to the 50th percentile of all
// values: interrupts lie above, and leaks often in the middle.
double LargestT(const TwoClasses& samples);

// Area under the ROC curve of the best threshold classifier's two directions, in [0.5, 1]; ties
// count half.
double Auc(const TwoClasses& samples);

}  // namespace perdura::timing

#endif  // PERDURA_TESTS_STATISTICAL_TIMING_TWO_CLASSES_H_
