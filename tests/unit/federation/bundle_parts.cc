#include "tests/unit/federation/bundle_parts.h"

#include "crypto/field64.h"
#include "crypto/shamir.h"
#include "federation/envelope.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace perdura::federation {

v1::Envelope BundleParts::AskEnvelope(const std::string& charter_hash) const {
  v1::Ask made;
  made.set_charter_hash(charter_hash);
  made.set_analyst("payer-desk");
  made.set_question_id("0123456789abcdef");
  made.set_attempt(1);
  made.set_plan("a plan");
  made.set_max_charge(1000);
  ask(made);
  return SignMessage(MessageType::kAsk, made, fed.analyst_key("payer-desk"), "payer-desk");
}

void BundleParts::AddSealKeys(const std::string& charter_hash, v1::ReleaseBundle& bundle) const {
  for (int index = 1; index <= fed.charter.committee().stewards_size(); ++index) {
    v1::SealKey key;
    key.set_charter_hash(charter_hash);
    key.set_member(fed.charter.committee().stewards(index - 1));
    key.set_use("share");
    if (index == 1) first_seal_key(key);
    *bundle.add_seal_keys() = SignMessage(MessageType::kSealKey, key, StewardKey(index), "");
  }
}

v1::Manifest BundleParts::MakeManifest(const std::string& charter_hash,
                                       const v1::ReleaseBundle& bundle) const {
  v1::Manifest made;
  made.set_charter_hash(charter_hash);
  made.set_suite(std::string(kSuite));
  *made.mutable_ask() = AskEnvelope(charter_hash);
  made.set_question_id("0123456789abcdef");
  made.set_attempt(1);
  made.set_plan("a plan");
  made.set_layout_hash("a layout");
  made.set_rows(static_cast<uint32_t>(values.size()));
  made.set_patient_bound(300);
  made.mutable_noise()->set_law(v1::DISCRETE_GAUSSIAN);
  made.mutable_noise()->set_numerator(676'099);
  made.mutable_noise()->set_denominator(1);
  made.mutable_charge()->set_units(1000);
  made.set_min_entities(3);
  made.mutable_slots()->set_answer_at(500);
  for (const v1::Envelope& key : bundle.seal_keys()) {
    made.add_seal_key_ids(PayloadId(key.payload()));
  }
  manifest(made);
  return made;
}

void BundleParts::AddCommit(const v1::Manifest& made, v1::ReleaseBundle& bundle) const {
  v1::Commit commit_made;
  commit_made.set_charter_hash(made.charter_hash());
  commit_made.set_manifest_hash(PayloadId(bundle.manifest().payload()));
  for (const char* member : {"alfred", "hahnemann", "ohio"}) {
    commit_made.add_contributors()->set_member(member);
  }
  for (const char* steward : {"ohio", "alfred", "st-vincent"}) {
    commit_made.add_dealers()->set_member(steward);
  }
  commit(commit_made);
  *bundle.mutable_commit() =
      SignMessage(MessageType::kCommit, commit_made, StewardKey(certifying.front()), "");
  for (size_t i = 1; i < certifying.size(); ++i) {
    AddSignature(*bundle.mutable_commit(), StewardKey(certifying[i]), "");
  }
}

void BundleParts::AddSums(const v1::Manifest& made, v1::ReleaseBundle& bundle) const {
  crypto::FieldVector secret;
  for (const int64_t value : values) secret.push_back(crypto::Field64::FromSigned(value));
  test_support::SeededRandom random(7);
  const auto shares = crypto::Split(secret, 4, 2, random);
  ASSERT_OK(shares);
  for (const int index : answering) {
    v1::PartialSum sum;
    sum.set_charter_hash(made.charter_hash());
    sum.set_manifest_hash(PayloadId(bundle.manifest().payload()));
    sum.set_commit_id(PayloadId(bundle.commit().payload()));
    sum.set_index(static_cast<uint32_t>(index));
    sum.set_sum(crypto::EncodeFields((*shares)[static_cast<size_t>(index) - 1]));
    if (index == answering.front()) first_sum(sum);
    *bundle.add_partial_sums() = SignMessage(MessageType::kPartialSum, sum, StewardKey(index), "");
  }
}

void BundleParts::AddRelease(const v1::Manifest& made, v1::ReleaseBundle& bundle) const {
  v1::Release release_made;
  release_made.set_charter_hash(made.charter_hash());
  release_made.set_manifest_hash(PayloadId(bundle.manifest().payload()));
  release_made.set_commit_id(PayloadId(bundle.commit().payload()));
  release_made.set_plan(made.plan());
  release_made.set_layout_hash(made.layout_hash());
  release_made.mutable_values()->Add(values.begin(), values.end());
  *release_made.mutable_noise() = made.noise();
  release_made.set_quorum(3);
  release_made.set_corrupt_bound(1);
  for (const v1::Envelope& sum : bundle.partial_sums()) {
    release_made.add_partial_sum_ids(PayloadId(sum.payload()));
  }
  release_made.set_answers(static_cast<uint32_t>(answering.size()));
  release_made.set_unchecked_against_liars(answering.size() < 3);
  release_made.set_answered_at(500);
  release(release_made);
  *bundle.mutable_release() =
      SignMessage(MessageType::kRelease, release_made, fed.aggregator_key(), "");
}

v1::ReleaseBundle BundleParts::Bundle() const {
  v1::ReleaseBundle bundle;
  *bundle.add_charters() = fed.Sign(fed.charter);
  const std::string charter_hash = PayloadId(bundle.charters(0).payload());
  AddSealKeys(charter_hash, bundle);
  const v1::Manifest made = MakeManifest(charter_hash, bundle);
  *bundle.mutable_manifest() = SignMessage(MessageType::kManifest, made, fed.aggregator_key(), "");
  AddCommit(made, bundle);
  AddSums(made, bundle);
  AddRelease(made, bundle);
  return bundle;
}

}  // namespace perdura::federation
