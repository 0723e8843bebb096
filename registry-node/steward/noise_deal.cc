#include "registry-node/steward/noise_deal.h"

#include <string>
#include <utility>

#include "base/failpoint.h"
#include "base/status_macros.h"
#include "crypto/draw.h"
#include "crypto/field64.h"

namespace perdura::registry_node {
namespace {

crypto::FieldVector DrawNoise(const CheckedManifest& checked, const Sender& sender) {
  crypto::DrawSource source =
      crypto::DrawSource::Create(sender.random, checked.opened.hash, v1::CONTRIBUTION_ROLE_DEALER,
                                 sender.member, crypto::DrawUse::kNoise);
  crypto::FieldVector noise;
  const int rows = checked.terms.layout().rows();
  noise.reserve(static_cast<size_t>(rows) + 1);
  for (int row = 0; row < rows; ++row) {
    noise.push_back(crypto::Field64::FromSigned(checked.terms.noise().Draw(source)));
  }
  return noise;
}

}  // namespace

absl::StatusOr<v1::PostRequest> DealNoise(const Dealer& dealer, const CheckedManifest& checked,
                                          const v1::Announcement& announcement, absl::Time now) {
  const std::string& hash = checked.opened.hash;
  crypto::FieldVector noise = DrawNoise(checked, dealer.sender);
  PERDURA_FAILPOINT("steward_before_deal_stored");
  PERDURA_RETURN_IF_ERROR(dealer.store.LogDeal(checked.opened.id, hash, absl::ToUnixMicros(now)));
  PERDURA_FAILPOINT("steward_deal_logged");
  PERDURA_ASSIGN_OR_RETURN(const LogStamp stamp,
                           StampFor(*checked.opened.under.charter, announcement, dealer.log));
  PERDURA_ASSIGN_OR_RETURN(v1::PostRequest post,
                           MakeContribution(checked, v1::CONTRIBUTION_ROLE_DEALER, dealer.sender,
                                            std::move(noise), stamp));
  PERDURA_RETURN_IF_ERROR(dealer.store.SaveDeal(hash, post.SerializeAsString()));
  PERDURA_FAILPOINT("steward_after_deal_stored");
  return post;
}

}  // namespace perdura::registry_node
