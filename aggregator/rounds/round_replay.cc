#include <utility>

#include "aggregator/rounds/round.h"
#include "base/status_macros.h"
#include "crypto/field64.h"

namespace perdura::aggregator {

absl::Status Round::Replay(const StoredMessage& message) {
  const auto damaged = [] { return absl::DataLossError("a stored message of a round is damaged"); };
  v1::PostRequest post;
  v1::Contribution header;
  v1::Envelope envelope;
  switch (message.kind) {
    case MessageKind::kDeal:
    case MessageKind::kUpload:
      if (!post.ParseFromString(message.bytes) ||
          !header.ParseFromString(post.message().payload())) {
        return damaged();
      }
      Take(post, header);
      return absl::OkStatus();
    case MessageKind::kAnnounced:
      phase_ = Phase::kCollecting;
      announced_ = true;
      return absl::OkStatus();
    case MessageKind::kHave:
      if (!envelope.ParseFromString(message.bytes) ||
          !haves_[message.sender].ParseFromString(envelope.payload())) {
        return damaged();
      }
      return absl::OkStatus();
    case MessageKind::kDraft:
      draft_ = message.bytes;
      phase_ = Phase::kDrafted;
      return absl::OkStatus();
    case MessageKind::kSignature:
      if (!envelope.ParseFromString(message.bytes) || envelope.signatures_size() == 0) {
        return damaged();
      }
      signatures_[message.sender] = envelope.signatures(0);
      return absl::OkStatus();
    case MessageKind::kCertificate:
      phase_ = Phase::kCertified;
      return certificate_.ParseFromString(message.bytes) ? absl::OkStatus() : damaged();
    case MessageKind::kPartialSum: {
      v1::PartialSum sum;
      if (!envelope.ParseFromString(message.bytes) || !sum.ParseFromString(envelope.payload())) {
        return damaged();
      }
      PERDURA_ASSIGN_OR_RETURN(auto values, crypto::DecodeFields(sum.sum()));
      sums_[message.sender] = {envelope, {static_cast<int>(sum.index()), std::move(values)}};
      return absl::OkStatus();
    }
    case MessageKind::kLogged:
      logged_ = true;
      return absl::OkStatus();
    case MessageKind::kRefusal:
      without_sum_.insert(message.sender);
      return absl::OkStatus();
  }
  return damaged();
}

}  // namespace perdura::aggregator
