#ifndef PERDURA_FEDERATION_ENVELOPE_H_
#define PERDURA_FEDERATION_ENVELOPE_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "crypto/sign.h"
#include "google/protobuf/message.h"
#include "google/protobuf/message_lite.h"
#include "perdura/v1/envelope.pb.h"

namespace perdura::federation {

// The signed messages of protocols.md 1. One type, one payload message, one size cap.
enum class MessageType {
  kCharter,
  kSealKey,
  kAsk,
  kManifest,
  kContribution,
  kReceipt,
  kRefusal,
  kHave,
  kCommit,
  kPartialSum,
  kRelease,
  kRebase,
  kDiagnosis,
};

// "application/vnd.perdura.<name>.v1".
absl::string_view PayloadType(MessageType type);

// Largest payload of a type in bytes, checked before anything is parsed.
size_t PayloadCap(MessageType type);

// SHA-256 of a payload: the id of the message, 32 bytes.
std::string PayloadId(absl::string_view payload);

// DSSE pre-authentication encoding: what a signature covers.
std::string PreAuthEncoding(absl::string_view payload_type, absl::string_view payload);

// Longest key id in bytes.
inline constexpr size_t kMaxKeyIdSize = 64;

// Signs `payload` as it is. `key_id` is a hint for people.
v1::Envelope SignPayload(MessageType type, std::string payload, const crypto::SigningKey& key,
                         absl::string_view key_id);

// Adds the signature of one more key over the same payload.
void AddSignature(v1::Envelope& envelope, const crypto::SigningKey& key, absl::string_view key_id);

// Serialises deterministically and signs.
v1::Envelope SignMessage(MessageType type, const google::protobuf::MessageLite& message,
                         const crypto::SigningKey& key, absl::string_view key_id);

// How many DISTINCT keys of `keys` signed `envelope`. Size cap, shape (1 to 16 signatures of 64
// bytes, key ids of at most kMaxKeyIdSize, no unknown field) and type come first, so that an
// envelope that passes is hardly larger than its payload: key ids are not signed, and whoever
// passes it on could blow it up. Returns InvalidArgument `malformed` if one of these is wrong.
absl::StatusOr<int> CountSigners(const v1::Envelope& envelope, MessageType type,
                                 std::span<const std::string> keys);

// CountSigners >= needed, else Unauthenticated `bad_signature`. needed >= 1.
absl::Status VerifySigners(const v1::Envelope& envelope, MessageType type,
                           std::span<const std::string> keys, int needed);

// Returns InvalidArgument `malformed` if `message` has an unknown field at any depth.
absl::Status CheckKnownFields(const google::protobuf::Message& message);

// Parses into `message`; unknown fields at any depth are refused, so that an old binary cannot skip
// a new restriction. Returns InvalidArgument `malformed`.
absl::Status ParseStrictly(absl::string_view bytes, google::protobuf::Message& message);

// Verify first, parse second. Errors of VerifySigners and ParseStrictly.
template <typename Payload>
absl::StatusOr<Payload> OpenEnvelope(const v1::Envelope& envelope, MessageType type,
                                     std::span<const std::string> keys, int needed = 1) {
  PERDURA_RETURN_IF_ERROR(VerifySigners(envelope, type, keys, needed));
  Payload payload;
  PERDURA_RETURN_IF_ERROR(ParseStrictly(envelope.payload(), payload));
  return payload;
}

// Parses a payload whose signer is only known from its content. Call OpenEnvelope before anything
// is believed.
template <typename Payload>
absl::StatusOr<Payload> PeekPayload(const v1::Envelope& envelope, MessageType type) {
  PERDURA_RETURN_IF_ERROR(CountSigners(envelope, type, {}).status());
  Payload payload;
  PERDURA_RETURN_IF_ERROR(ParseStrictly(envelope.payload(), payload));
  return payload;
}

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_ENVELOPE_H_
