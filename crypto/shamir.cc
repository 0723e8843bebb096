#include "crypto/shamir.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <set>
#include <utility>

#include "base/status_macros.h"

namespace perdura::crypto {
namespace {

constexpr int kMaxStewards = 15;

using Subset = uint32_t;  // bit i: answer i

Field64 Point(int steward) { return Field64::FromSigned(steward); }

// `count` uniform elements: 8-byte words in order, words >= p (one in 2^32) skipped. Reads no byte
// more than word by word would.
FieldVector UniformElements(size_t count, base::RandomSource& random) {
  FieldVector elements;
  elements.reserve(count);
  WipedArray<4096> words;
  while (elements.size() < count) {
    const size_t size = std::min((count - elements.size()) * 8, words.size());
    random.Fill(words.span().first(size));
    for (size_t at = 0; at < size; at += 8) {
      const uint64_t word = LoadLittleEndian64(words.data() + at);
      if (Field64::IsCanonical(word)) elements.push_back(Field64::Reduce(word));
    }
  }
  return elements;
}

absl::Status CheckPoints(std::span<const PartialSum> points) {
  if (points.empty()) return absl::InvalidArgumentError("no partial sum");
  std::set<int> seen;
  for (const PartialSum& point : points) {
    if (point.steward < 1 || point.steward > kMaxStewards) {
      return absl::InvalidArgumentError("steward must be 1 to 15");
    }
    if (!seen.insert(point.steward).second) return absl::InvalidArgumentError("steward repeated");
    if (point.values.size() != points[0].values.size()) {
      return absl::InvalidArgumentError("partial sums of unequal lengths");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckThreshold(int t) {
  if (t >= 2 && t <= kMaxStewards) return absl::OkStatus();
  return absl::InvalidArgumentError("t must be 2 to 15");
}

// The answers of a subset, as indices.
std::vector<size_t> Members(Subset subset) {
  std::vector<size_t> members;
  for (; subset != 0; subset &= subset - 1) {
    members.push_back(static_cast<size_t>(std::countr_zero(subset)));
  }
  return members;
}

// Lagrange's weights: the polynomial through the chosen points has the value sum of weight x y at
// `x`.
std::vector<Field64> Weights(std::span<const PartialSum> points, std::span<const size_t> chosen,
                             Field64 x) {
  std::vector<Field64> weights;
  for (const size_t i : chosen) {
    Field64 numerator = Field64::FromSigned(1);
    Field64 denominator = Field64::FromSigned(1);
    for (const size_t k : chosen) {
      if (k == i) continue;
      numerator = numerator * (x - Point(points[k].steward));
      denominator = denominator * (Point(points[i].steward) - Point(points[k].steward));
    }
    weights.push_back(numerator * denominator.Inverse());
  }
  return weights;
}

Field64 Evaluate(std::span<const PartialSum> points, std::span<const size_t> chosen,
                 std::span<const Field64> weights, size_t coordinate) {
  Field64 value;
  for (size_t i = 0; i < chosen.size(); ++i) {
    value += weights[i] * points[chosen[i]].values[coordinate];
  }
  return value;
}

FieldVector ValuesAtZero(std::span<const PartialSum> points, std::span<const size_t> chosen) {
  const std::vector<Field64> weights = Weights(points, chosen, Field64());
  FieldVector values(points[0].values.size());
  for (size_t c = 0; c < values.size(); ++c) values[c] = Evaluate(points, chosen, weights, c);
  return values;
}

// The coordinates in which answer `other` is off the polynomial through the chosen ones, ascending.
std::vector<size_t> OffCoordinates(std::span<const PartialSum> answers,
                                   std::span<const size_t> chosen, size_t other) {
  const std::vector<Field64> weights = Weights(answers, chosen, Point(answers[other].steward));
  std::vector<size_t> off;
  for (size_t c = 0; c < answers[other].values.size(); ++c) {
    if (!(Evaluate(answers, chosen, weights, c) == answers[other].values[c])) off.push_back(c);
  }
  return off;
}

// All answers on the polynomial through the `basis`.
Subset OnPolynomial(std::span<const PartialSum> answers, Subset basis) {
  const std::vector<size_t> chosen = Members(basis);
  Subset on = basis;
  for (size_t i = 0; i < answers.size(); ++i) {
    const Subset bit = Subset{1} << i;
    if ((basis & bit) == 0 && OffCoordinates(answers, chosen, i).empty()) on |= bit;
  }
  return on;
}

absl::Status BadSum() { return absl::DataLossError("bad_sum: partial sums do not agree"); }

// The one set of at least `needed` answers on a polynomial of degree < t. Within the model (at most
// f liars) there is one; two of them mean more liars, and then none is believed.
absl::StatusOr<Subset> AgreeingSet(std::span<const PartialSum> answers, int t, int needed) {
  Subset found = 0;
  const Subset end = Subset{1} << answers.size();
  for (Subset basis = 0; basis < end; ++basis) {
    const bool inside_found = (basis & ~found) == 0;
    if (std::popcount(basis) != t || inside_found) continue;
    const Subset on = OnPolynomial(answers, basis);
    if (std::popcount(on) < needed) continue;
    if (found != 0) return BadSum();
    found = on;
  }
  if (found == 0) return BadSum();
  return found;
}

}  // namespace

absl::StatusOr<std::vector<FieldVector>> Split(std::span<const Field64> secret, int s, int t,
                                               base::RandomSource& random) {
  if (s < 2 || s > kMaxStewards) return absl::InvalidArgumentError("s must be 2 to 15");
  if (t < 2 || t > s) return absl::InvalidArgumentError("t must be 2 to s");
  const size_t length = secret.size();
  const auto degree = static_cast<size_t>(t - 1);
  // Coefficient k of coordinate c stands at (k - 1) length + c.
  const FieldVector coefficients = UniformElements(degree * length, random);
  std::vector<FieldVector> shares;
  for (int steward = 1; steward <= s; ++steward) {
    const Field64 x = Point(steward);
    FieldVector share(length);  // Horner, from the highest coefficient down to the secret
    for (size_t k = degree; k > 0; --k) {
      for (size_t c = 0; c < length; ++c) {
        share[c] = (share[c] + coefficients[(k - 1) * length + c]) * x;
      }
    }
    for (size_t c = 0; c < length; ++c) share[c] += secret[c];
    shares.push_back(std::move(share));
  }
  return shares;
}

absl::StatusOr<FieldVector> Interpolate(std::span<const PartialSum> points) {
  PERDURA_RETURN_IF_ERROR(CheckPoints(points));
  return ValuesAtZero(points, Members((Subset{1} << points.size()) - 1));
}

absl::StatusOr<std::vector<size_t>> OffPolynomial(std::span<const PartialSum> points, int t) {
  PERDURA_RETURN_IF_ERROR(CheckThreshold(t));
  PERDURA_RETURN_IF_ERROR(CheckPoints(points));
  const auto degree_bound = static_cast<size_t>(t);
  std::set<size_t> off;
  if (points.size() > degree_bound) {
    const std::vector<size_t> chosen = Members((Subset{1} << degree_bound) - 1);
    for (size_t other = degree_bound; other < points.size(); ++other) {
      const std::vector<size_t> coordinates = OffCoordinates(points, chosen, other);
      off.insert(coordinates.begin(), coordinates.end());
    }
  }
  return std::vector<size_t>(off.begin(), off.end());
}

absl::StatusOr<CheckedSum> CheckedInterpolate(std::span<const PartialSum> answers, int t) {
  PERDURA_RETURN_IF_ERROR(CheckThreshold(t));
  PERDURA_RETURN_IF_ERROR(CheckPoints(answers));
  const int k = static_cast<int>(answers.size());
  const int f = t - 1;
  if (k < t) return absl::FailedPreconditionError("fewer than t partial sums");
  const bool checked = k >= t + f;
  PERDURA_ASSIGN_OR_RETURN(const Subset on, AgreeingSet(answers, t, checked ? t + f : k));
  CheckedSum sum;
  sum.unchecked_against_liars = !checked;
  std::vector<size_t> basis = Members(on);
  basis.resize(static_cast<size_t>(t));
  sum.values = ValuesAtZero(answers, basis);
  for (size_t i = 0; i < answers.size(); ++i) {
    if ((on >> i & 1) == 0) sum.liars.push_back(answers[i].steward);
  }
  std::sort(sum.liars.begin(), sum.liars.end());
  return sum;
}

}  // namespace perdura::crypto
