#include "registry-node/answer/own_caps.h"

#include <gtest/gtest.h>

namespace perdura::registry_node {
namespace {

TEST(OwnCapsTest, WithoutAPolicyTheChartersCapHolds) {
  const OwnCaps none;
  EXPECT_EQ(none.Lower(v1::COMPARTMENT_ADHOC, 100), 100u);
  EXPECT_EQ(none.Lower(v1::COMPARTMENT_FLAGSHIP, 100), 100u);
}

TEST(OwnCapsTest, LowerOfBothHolds) {
  const OwnCaps caps{.adhoc_units = 70, .flagship_units = 200};
  EXPECT_EQ(caps.Lower(v1::COMPARTMENT_ADHOC, 100), 70u);
  EXPECT_EQ(caps.Lower(v1::COMPARTMENT_FLAGSHIP, 100), 100u);
}

// Units of rho say nothing about units of epsilon.
TEST(OwnCapsTest, EachCompartmentHasItsOwn) {
  const OwnCaps caps{.adhoc_units = 70};
  EXPECT_EQ(caps.Lower(v1::COMPARTMENT_FLAGSHIP, 100), 100u);
  const OwnCaps other{.flagship_units = 70};
  EXPECT_EQ(other.Lower(v1::COMPARTMENT_ADHOC, 100), 100u);
  EXPECT_EQ(other.Lower(v1::COMPARTMENT_FLAGSHIP, 100), 70u);
}

}  // namespace
}  // namespace perdura::registry_node
