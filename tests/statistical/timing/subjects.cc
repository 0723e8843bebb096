#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "crypto/field64.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "crypto/shamir.h"
#include "tests/statistical/timing/subject.h"
#include "tests/support/seeded_random.h"

namespace perdura::timing {
namespace {

using crypto::Field64;
using crypto::FieldVector;
using test_support::SeededRandom;

// Rows of a usual table.
constexpr size_t kRows = 64;
constexpr size_t kTagSize = 32;
constexpr int kStewards = 4;
constexpr int kThreshold = 2;

// Where results go, so that none is left out by the compiler.
volatile uint64_t sink;

// The fixed class is p - 1 in every row, where every sum wraps; the other is random. Both are read
// and one is kept by a mask: from where an input was copied must not tell what it is.
class FieldInputs {
 public:
  explicit FieldInputs(uint64_t seed) : random_(seed) {}
  void Prepare(bool second) {
    const uint64_t fixed = Field64::kModulus - 1;
    const uint64_t mask = 0 - uint64_t{second};
    for (size_t i = 0; i < kRows; ++i) {
      rows_[i] = Field64::Reduce(fixed ^ ((fixed ^ random_.Next()) & mask));
      others_[i] = Field64::Reduce(fixed ^ ((fixed ^ random_.Next()) & mask));
    }
  }
  const FieldVector& rows() const { return rows_; }
  const FieldVector& others() const { return others_; }

 private:
  SeededRandom random_;
  FieldVector rows_ = FieldVector(kRows);
  FieldVector others_ = FieldVector(kRows);
};

template <typename Operation>
Subject FieldSubject(const char* name, Operation operation, bool leaks = false) {
  auto inputs = std::make_shared<FieldInputs>(/*seed=*/1);
  return {name, leaks, [inputs](bool second) { inputs->Prepare(second); },
          [inputs, operation] {
            uint64_t all = 0;
            for (int round = 0; round < 8; ++round) {
              for (size_t i = 0; i < kRows; ++i)
                all ^= operation(inputs->rows()[i], inputs->others()[i]);
            }
            sink = all;
          }};
}

Subject SplitSubject() {
  auto inputs = std::make_shared<FieldInputs>(/*seed=*/2);
  auto random = std::make_shared<SeededRandom>(3);
  return {"Shamir, split", false, [inputs](bool second) { inputs->Prepare(second); },
          [inputs, random] {
            const auto shares = crypto::Split(inputs->rows(), kStewards, kThreshold, *random);
            sink = shares->back().back().value();
          }};
}

// What the aggregator does with the stewards' sums.
Subject InterpolateSubject() {
  struct State {
    FieldInputs inputs{/*seed=*/4};
    SeededRandom random{5};
    std::vector<crypto::PartialSum> sums;
  };
  auto state = std::make_shared<State>();
  for (int steward = 1; steward <= kStewards; ++steward) {
    state->sums.push_back({steward, FieldVector(kRows)});
  }
  return {"Shamir, reconstruct", false,
          [state](bool second) {
            state->inputs.Prepare(second);
            const auto shares =
                crypto::Split(state->inputs.rows(), kStewards, kThreshold, state->random);
            for (size_t i = 0; i < shares->size(); ++i) {
              std::copy((*shares)[i].begin(), (*shares)[i].end(), state->sums[i].values.begin());
            }
          },
          [state] {
            sink = crypto::CheckedInterpolate(state->sums, kThreshold)->values.back().value();
          }};
}

// Sealed texts that must not open, each of one size, and what they are opened with.
struct Sealed {
  std::string text;
  std::string info;
};

class SealedInputs {
 public:
  SealedInputs()
      : key_(crypto::KemKeyPair::Generate(random_)),
        stranger_(crypto::KemKeyPair::Generate(random_)) {
    std::string plain(8 * kRows, 'x');
    right_ = {*crypto::Seal(key_.public_key(), "this round", "", plain, nullptr, random_),
              "this round"};
    tag_ = right_;
    tag_.text.back() = static_cast<char>(tag_.text.back() ^ 1);
    context_ = right_;
    context_.info = "that round";
    receiver_ = {*crypto::Seal(stranger_.public_key(), "this round", "", plain, nullptr, random_),
                 "this round"};
  }
  const Sealed& tag() const { return tag_; }
  const Sealed& context() const { return context_; }
  const Sealed& receiver() const { return receiver_; }

  void Use(const Sealed& sealed) {
    used_.text.assign(sealed.text);
    used_.info.assign(sealed.info);
  }
  absl::Status Open() const {
    return crypto::Open(key_, used_.info, "", used_.text, nullptr).status();
  }

 private:
  SeededRandom random_{6};
  crypto::KemKeyPair key_;
  crypto::KemKeyPair stranger_;
  Sealed right_, tag_, context_, receiver_, used_;
};

using Failure = const Sealed& (SealedInputs::*)() const;

Subject OpenSubject(const char* name, Failure first, Failure second) {
  auto inputs = std::make_shared<SealedInputs>();
  inputs->Use((*inputs.*first)());
  const absl::Status expected = inputs->Open();
  inputs->Use((*inputs.*second)());
  PERDURA_CHECK(!expected.ok() && inputs->Open() == expected);  // one reason
  return {name, false,
          [inputs, first, second](bool is_second) {
            inputs->Use((*inputs.*(is_second ? second : first))());
          },
          [inputs] { sink = inputs->Open().ok(); }};
}

// Two tags that differ in the first byte, or in the last one.
template <typename Compare>
Subject TagSubject(const char* name, Compare compare, bool leaks) {
  struct State {
    std::string tag = std::string(kTagSize, 't');
    std::array<std::string, 2> classes = {tag, tag};
    std::string other = tag;
  };
  auto state = std::make_shared<State>();
  state->classes[0].front() = 'u';
  state->classes[1].back() = 'u';
  return {name, leaks,
          [state](bool second) { state->other.assign(state->classes[second ? 1 : 0]); },
          [state, compare] {
            uint64_t equal = 0;
            for (int i = 0; i < 32; ++i) equal += compare(state->tag, state->other);
            sink = equal;
          }};
}

// What not to do.
__attribute__((noinline)) bool EqualWithEarlyExit(absl::string_view a, absl::string_view b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

__attribute__((noinline)) uint64_t ProductByDivision(Field64 a, Field64 b) {
  // p - 1 as -1, so that the fixed class has small factors.
  const uint64_t x = std::min(a.value(), (-a).value());
  const uint64_t y = std::min(b.value(), (-b).value());
  return static_cast<uint64_t>(crypto::Wide128{x} * y % Field64::kModulus);
}

}  // namespace

std::vector<Subject> ProductSubjects() {
  std::vector<Subject> subjects;
  // What cannot leak: if it seems to, the measurement does.
  subjects.push_back(
      FieldSubject("words, xor", [](Field64 a, Field64 b) { return a.value() ^ b.value(); }));
  subjects.push_back(
      FieldSubject("Field64, add", [](Field64 a, Field64 b) { return (a + b).value(); }));
  subjects.push_back(
      FieldSubject("Field64, subtract", [](Field64 a, Field64 b) { return (a - b).value(); }));
  subjects.push_back(
      FieldSubject("Field64, multiply", [](Field64 a, Field64 b) { return (a * b).value(); }));
  subjects.push_back(FieldSubject("Field64, sign and lift", [](Field64 a, Field64 b) {
    return Field64::FromSigned((a - b).Lift()).value();
  }));
  subjects.push_back(SplitSubject());
  subjects.push_back(InterpolateSubject());
  subjects.push_back(
      OpenSubject("HPKE, wrong tag or context", &SealedInputs::tag, &SealedInputs::context));
  subjects.push_back(
      OpenSubject("HPKE, wrong tag or receiver", &SealedInputs::tag, &SealedInputs::receiver));
  subjects.push_back(TagSubject("compare tags", crypto::EqualConstantTime, /*leaks=*/false));
  return subjects;
}

std::vector<Subject> LeakingSubjects() {
  std::vector<Subject> subjects;
  subjects.push_back(TagSubject("compare, early exit", EqualWithEarlyExit, /*leaks=*/true));
  subjects.push_back(FieldSubject("multiply by %", ProductByDivision, /*leaks=*/true));
  return subjects;
}

}  // namespace perdura::timing
