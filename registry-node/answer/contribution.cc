#include "registry-node/answer/contribution.h"

#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/canonical_text.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/draw.h"
#include "crypto/hash.h"
#include "crypto/shamir.h"
#include "crypto/wiped.h"
#include "federation/envelope.h"

namespace perdura::registry_node {
namespace {

absl::Status BadEnvelope() {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_envelope",
                      "the share does not open for this manifest, role, sender and steward");
}

crypto::Field64 UniformElement(base::RandomSource& random) {
  for (;;) {
    std::array<uint8_t, 8> bytes;
    random.Fill(bytes);
    uint64_t word = 0;
    for (size_t i = bytes.size(); i-- > 0;) word = (word << 8) | bytes[i];
    if (crypto::Field64::IsCanonical(word)) return crypto::Field64::Reduce(word);
  }
}

size_t WireLength(const CheckedManifest& checked) {
  return static_cast<size_t>(checked.terms.layout().rows()) + 1;
}

// What a share from `member` to a steward is sealed with besides the steward's key: nothing in base
// mode. Never falls back to it where the charter says PSK.
absl::StatusOr<const crypto::HpkePsk*> PskOf(const CheckedManifest& checked,
                                             absl::string_view member, int steward_index,
                                             const PairSecrets* secrets) {
  const v1::Charter& charter = checked.opened.under.charter->proto();
  if (charter.hpke_mode() != v1::HPKE_MODE_PSK) return nullptr;
  const std::string& steward = charter.committee().stewards(steward_index - 1);
  const crypto::HpkePsk* psk = secrets == nullptr ? nullptr : secrets->Find(member, steward);
  if (psk != nullptr) return psk;
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "no_secret",
                      absl::StrCat("the charter says hpke_mode PSK, and no secret of ", member,
                                   " with steward ", steward, " is here; see `perdura party psk`"));
}

absl::StatusOr<std::string> SealShare(const CheckedManifest& checked, v1::ContributionRole role,
                                      const Sender& sender, int steward_index,
                                      const crypto::FieldVector& share) {
  const v1::SealKey& key = checked.seal_keys[static_cast<size_t>(steward_index) - 1];
  PERDURA_ASSIGN_OR_RETURN(const crypto::HpkePsk* psk,
                           PskOf(checked, sender.member, steward_index, sender.secrets));
  std::string plain = crypto::EncodeFields(share);
  auto sealed = crypto::Seal(key.public_key(),
                             ShareInfo(checked.opened.hash, role, sender.member, steward_index), "",
                             plain, psk, sender.random);
  crypto::WipeString(plain);
  if (!sealed.ok()) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, "bad_seal_key",
                        absl::StrCat("nothing can be sealed to the key of ", key.member()));
  }
  return sealed;
}

}  // namespace

std::string ShareInfo(absl::string_view manifest_hash, v1::ContributionRole role,
                      absl::string_view member, int steward_index) {
  return base::Text({"perdura/v1/share", federation::kSuite, base::HexEncode(manifest_hash),
                     static_cast<int>(role), member, steward_index});
}

size_t ShareSize(const CheckedManifest& checked) {
  return crypto::kHpkeOverhead + 8 * WireLength(checked);
}

absl::Status CheckSecrets(const CheckedManifest& checked, const Sender& sender) {
  for (int index = 1; index <= checked.opened.under.charter->quorum().s; ++index) {
    PERDURA_RETURN_IF_ERROR(PskOf(checked, sender.member, index, sender.secrets).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::PostRequest> MakeContribution(const CheckedManifest& checked,
                                                 v1::ContributionRole role, const Sender& sender,
                                                 crypto::FieldVector rows, const LogStamp& stamp) {
  if (rows.size() + 1 != WireLength(checked)) {
    return absl::InvalidArgumentError("rows: one value for each strategy row is required");
  }
  rows.push_back(UniformElement(sender.random));
  const crypto::Quorum& quorum = checked.opened.under.charter->quorum();
  crypto::DrawSource split =
      crypto::DrawSource::Create(sender.random, checked.opened.hash, static_cast<int>(role),
                                 sender.member, crypto::DrawUse::kSplit);
  PERDURA_ASSIGN_OR_RETURN(const std::vector<crypto::FieldVector> shares,
                           crypto::Split(rows, quorum.s, quorum.t, split));
  v1::Contribution header;
  header.set_charter_hash(checked.opened.manifest.charter_hash());
  header.set_manifest_hash(checked.opened.hash);
  header.set_member(sender.member);
  header.set_role(role);
  header.set_checkpoint(stamp.note);
  v1::PostRequest post;
  post.mutable_log_proofs()->Add(stamp.proofs.begin(), stamp.proofs.end());
  for (int index = 1; index <= quorum.s; ++index) {
    PERDURA_ASSIGN_OR_RETURN(std::string sealed, SealShare(checked, role, sender, index,
                                                           shares[static_cast<size_t>(index) - 1]));
    header.add_share_hashes(crypto::Sha256(sealed));
    post.add_shares(std::move(sealed));
  }
  *post.mutable_message() = federation::SignMessage(federation::MessageType::kContribution, header,
                                                    sender.key, sender.member);
  return post;
}

absl::StatusOr<crypto::FieldVector> OpenShare(const CheckedManifest& checked,
                                              v1::ContributionRole role, absl::string_view member,
                                              int steward_index, const crypto::KemKeyPair& key,
                                              const PairSecrets* secrets, absl::string_view share) {
  if (share.size() != ShareSize(checked)) return BadEnvelope();
  const auto psk = PskOf(checked, member, steward_index, secrets);
  if (!psk.ok()) return BadEnvelope();
  const auto opened = crypto::Open(key, ShareInfo(checked.opened.hash, role, member, steward_index),
                                   "", share, *psk);
  if (!opened.ok()) return BadEnvelope();
  auto elements = crypto::DecodeFields(opened->view());
  if (!elements.ok()) return BadEnvelope();
  return elements;
}

}  // namespace perdura::registry_node
