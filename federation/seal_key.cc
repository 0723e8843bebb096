#include "federation/seal_key.h"

#include "base/reason.h"
#include "crypto/x25519.h"

namespace perdura::federation {
namespace {

absl::Status BadSealKeyField(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_seal_key", what);
}

}  // namespace

absl::Status CheckSealKeyFields(const v1::SealKey& key) {
  if (key.use() != "share") return BadSealKeyField("use must be share");
  if (crypto::IsUnusablePublicKey(key.public_key())) {
    return BadSealKeyField("public_key: 32 bytes, not of low order");
  }
  if (key.number() == 0 || key.number() > kLastSealKeyNumber) {
    return BadSealKeyField("number: from 1 to 2^53");
  }
  if (key.not_before() <= 0 || key.not_after() <= key.not_before() ||
      key.not_after() - key.not_before() > absl::ToInt64Microseconds(kLongestSealKeyLife)) {
    return BadSealKeyField("not_after: at most 35 days after not_before");
  }
  return absl::OkStatus();
}

bool SealKeyIsValidAt(const v1::SealKey& key, absl::Time now, absl::Duration skew) {
  return now + skew >= absl::FromUnixMicros(key.not_before()) &&
         now < absl::FromUnixMicros(key.not_after());
}

}  // namespace perdura::federation
