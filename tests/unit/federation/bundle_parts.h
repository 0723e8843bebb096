#ifndef PERDURA_TESTS_UNIT_FEDERATION_BUNDLE_PARTS_H_
#define PERDURA_TESTS_UNIT_FEDERATION_BUNDLE_PARTS_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "federation/bundle/bundle.h"
#include "tests/support/test_charter.h"

namespace perdura::federation {

// The parts of one finished round, each editable before it is signed. Not private: seeded shares.
struct BundleParts {
  test_support::TestFederation fed = test_support::TestFederation::Make();
  std::vector<int64_t> values = {5, -7, 1234567};
  std::vector<int> answering = {1, 2, 3, 4};
  std::vector<int> certifying = {1, 2, 3};
  // What one part says otherwise than it should.
  std::function<void(v1::Ask&)> ask = [](v1::Ask&) {};
  std::function<void(v1::SealKey&)> first_seal_key = [](v1::SealKey&) {};
  std::function<void(v1::Manifest&)> manifest = [](v1::Manifest&) {};
  std::function<void(v1::Commit&)> commit = [](v1::Commit&) {};
  std::function<void(v1::PartialSum&)> first_sum = [](v1::PartialSum&) {};
  std::function<void(v1::Release&)> release = [](v1::Release&) {};

  v1::ReleaseBundle Bundle() const;

 private:
  const crypto::SigningKey& StewardKey(int index) const {
    return fed.member_key(fed.charter.committee().stewards(index - 1));
  }
  v1::Envelope AskEnvelope(const std::string& charter_hash) const;
  void AddSealKeys(const std::string& charter_hash, v1::ReleaseBundle& bundle) const;
  v1::Manifest MakeManifest(const std::string& charter_hash, const v1::ReleaseBundle& bundle) const;
  void AddCommit(const v1::Manifest& made, v1::ReleaseBundle& bundle) const;
  void AddSums(const v1::Manifest& made, v1::ReleaseBundle& bundle) const;
  void AddRelease(const v1::Manifest& made, v1::ReleaseBundle& bundle) const;
};

// Opens the bundle of its parts, which each case spoils in one place.
class BundleTest : public ::testing::Test {
 protected:
  absl::StatusOr<OpenedBundle> Open() const { return OpenBundle(parts.Bundle(), parts.fed.pin); }
  BundleParts parts;
};

}  // namespace perdura::federation

#endif  // PERDURA_TESTS_UNIT_FEDERATION_BUNDLE_PARTS_H_
