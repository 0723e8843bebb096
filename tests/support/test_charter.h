#ifndef PERDURA_TESTS_SUPPORT_TEST_CHARTER_H_
#define PERDURA_TESTS_SUPPORT_TEST_CHARTER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "crypto/sign.h"
#include "federation/charter_chain.h"
#include "perdura/v1/charter.pb.h"
#include "perdura/v1/envelope.pb.h"

namespace perdura::test_support {

// What a test may want otherwise. The defaults give a valid charter.
struct TestOptions {
  // s and t. The first four stewards are the hospitals below, further ones `steward-5` and so on.
  int stewards = 4;
  int threshold = 2;
  // Members with the node role: ohio, alfred, st-vincent, hahnemann, then `node-5` and so on.
  int nodes = 4;
  // Cap of each product in period 2026, also the analyst's and the purpose's: rho(5, 1e-6) rounded
  // down.
  uint64_t cap_units = 509'145'341'073;
  // Cap of each product in the compartment `flagship`, also the analyst's and the purpose's; 0: the
  // charter has no such budget. 2^40 is epsilon 1.
  uint64_t flagship_cap_units = 0;
  // rho(2, 1e-6) rounded up.
  uint64_t default_charge_units = 96'924'905'894;
  // 1 comes with the declaration that the sources are disjoint.
  uint32_t nodes_per_patient = 1;
  // M.
  uint32_t products_per_patient = 1;
  // Of allo-hct@1, auto-hct@1, dli@1 as many; 0: M of them.
  uint32_t products = 0;
  // Patients that each node generates for the product canary@1, which has no budget; 0: there is no
  // such product.
  uint32_t canary_patients = 0;
  // Milliseconds.
  uint32_t deal_ms = 100;
  uint32_t upload_ms = 100;
  uint32_t collect_ms = 250;
  uint32_t commit_ms = 150;
  uint32_t answer_ms = 50;
  uint32_t w_ms = 100;
  uint32_t grace_ms = 20;
  uint32_t skew_ms = 50;
  v1::Witness witness = v1::WITNESS_NONE;
  // Unix seconds: 2026-06-30 and 90 days later, around the start of FakeClock.
  int64_t valid_from = 1'782'777'600;
  int64_t valid_until = 1'782'777'600 + 90 * 86400;
  // K of the cut bmt@1, Unix seconds; C is 1995-01-01.
  int64_t cut_known_at = 1'782'777'600;
};

// A whole federation on paper: a charter, and every private key in it from a public seed, so that
// runs are equal. Not secret. Tests only.
//
//   TestFederation fed = TestFederation::Make({.stewards = 5, .threshold = 3});
//   fed.charter.set_minimum_cohort(0);
//   federation::CharterChain chain(fed.pin);
//   chain.Accept(fed.Sign(fed.charter), now);
//
// In the charter: analyst payer-desk (role researcher, purpose evidence, scope research),
// indication acute-leukaemia, endpoints overall-survival@1, disease-free-survival@1 and one of each
// other kind (late-entry-survival@1, status-12@1, safety-12@1, age@1), attributes
// disease and age-band (filter, group) and sex (group only), grids g8@1 and g15@1 with strategies
// curative-g8-j1@1, curative-g8-j2@1, curative-g15-j1@1, curative-g15-j2@1, durable-g15-j1@1, data
// cut bmt@1 of period 2026. All parties sit in one country. Move-only.
class TestFederation {
 public:
  static TestFederation Make(const TestOptions& options = {});

  // Edit before Sign.
  v1::Charter charter;
  // 2 of 3 authority keys.
  federation::AuthorityPin pin;

  // `charter` signed by the first two authority keys.
  v1::Envelope Sign(const v1::Charter& signed_charter) const;
  // Signed by these authority keys, numbered from 1.
  v1::Envelope SignBy(const v1::Charter& signed_charter, const std::vector<int>& authorities) const;
  // A draft of the successor of `before`: version, previous hash.
  static v1::Charter Next(const v1::Charter& before);

  // References stay valid while this object, or the one it moved into, lives. An id without a key
  // ends the test run.
  const crypto::SigningKey& authority_key(int number) const;
  const crypto::SigningKey& aggregator_key() const { return Key("aggregator"); }
  const crypto::SigningKey& member_key(absl::string_view id) const { return Key(id); }
  // Of the aggregator and every member, and of every steward, whatever the charter says of a
  // witness.
  const crypto::SigningKey& log_key(absl::string_view id) const;
  const crypto::SigningKey& cosign_key(absl::string_view id) const;
  const crypto::SigningKey& analyst_key(absl::string_view id) const { return Key(id); }

 private:
  void GiveLogKeys();
  const crypto::SigningKey& Key(absl::string_view name) const;
  std::map<std::string, crypto::SigningKey, std::less<>> keys_;
};

// A key from a public seed: the same name gives the same key. And the seed, 32 bytes, for key
// files.
crypto::SigningKey TestKey(absl::string_view name);
std::string TestSeed(absl::string_view name);

// SHA-256 of the certificate's key that `party` pretends to have.
std::string TestTlsPin(absl::string_view party);

}  // namespace perdura::test_support

#endif  // PERDURA_TESTS_SUPPORT_TEST_CHARTER_H_
