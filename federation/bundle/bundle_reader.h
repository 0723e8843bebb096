#ifndef PERDURA_FEDERATION_BUNDLE_BUNDLE_READER_H_
#define PERDURA_FEDERATION_BUNDLE_BUNDLE_READER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/reason.h"
#include "crypto/shamir.h"
#include "federation/bundle/bundle.h"
#include "federation/charter_chain.h"
#include "federation/envelope.h"
#include "federation/log/receipt.h"

namespace perdura::federation {

// Internal to OpenBundle.

// InvalidArgument `bad_bundle`; `part`: of the bundle, before the text.
absl::Status BadBundle(absl::string_view part, absl::string_view what);
// The same refusal with the part before its text; `bad_bundle` where it has no reason word.
absl::Status InPart(absl::string_view part, const absl::Status& status);

// What the partial sums give, each checked against its steward and the commit.
struct RecomputedSum {
  crypto::CheckedSum sum;
  std::vector<std::string> ids;
};

// One bundle on its way through the checks; every step relies on the ones before.
class BundleReader final {
 public:
  // Both must outlive the reader.
  BundleReader(const v1::ReleaseBundle& bundle, const AuthorityPin& pin)
      : bundle_(bundle), pin_(pin), chain_(pin) {}

  absl::StatusOr<OpenedBundle> Read();

 private:
  const Charter& charter() const { return *opened_.charter; }
  const crypto::Quorum& quorum() const { return charter().quorum(); }
  std::vector<std::string> AggregatorKey() const {
    return {charter().proto().aggregator().sign_key()};
  }
  template <typename... Parts>
  void Passed(const Parts&... parts) {
    opened_.checks.push_back(absl::StrCat(parts...));
  }
  template <typename Payload>
  absl::StatusOr<Payload> Open(absl::string_view part, const v1::Envelope& envelope,
                               MessageType type, const std::vector<std::string>& keys,
                               int needed = 1) const {
    auto payload = OpenEnvelope<Payload>(envelope, type, keys, needed);
    if (!payload.ok()) return InPart(part, payload.status());
    return payload;
  }

  absl::Status ReadCharters();
  absl::Status ReadManifest();
  absl::Status ReadAsk();
  absl::Status ReadSealKeys();

  absl::Status ReadCommit();
  void FindCertifiers();
  absl::Status CheckDealers() const;
  absl::StatusOr<int> CheckContributors() const;
  absl::StatusOr<crypto::PartialSum> ReadPartialSum(const v1::Envelope& envelope) const;
  absl::StatusOr<RecomputedSum> ReadPartialSums();

  absl::Status ReadRelease();
  absl::Status CompareRelease();
  absl::Status CompareSums(const RecomputedSum& recomputed);
  absl::Status CheckBound() const;

  absl::Status ReadLog();
  absl::Status ReadReserved();
  absl::Status ReadSiblings();
  absl::Status CheckSibling(const v1::Sibling& sibling, const v1::LoggedEntry& logged) const;
  absl::StatusOr<log::VerifiedReceipt> VerifyEntry(const v1::LoggedEntry& logged,
                                                   const Charter& under) const;

  const v1::ReleaseBundle& bundle_;
  const AuthorityPin& pin_;
  CharterChain chain_;
  OpenedBundle opened_;
};

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_BUNDLE_BUNDLE_READER_H_
