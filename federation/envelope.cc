#include "federation/envelope.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "crypto/hash.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/unknown_field_set.h"

namespace perdura::federation {
namespace {

constexpr int kMaxSignatures = 16;

absl::Status Malformed(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed", what);
}

bool HasUnknownFields(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const google::protobuf::Message& inner =
          field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                               : reflection.GetMessage(message, field);
      if (HasUnknownFields(inner)) return true;
    }
  }
  return false;
}

}  // namespace

absl::string_view PayloadType(MessageType type) {
  switch (type) {
    case MessageType::kCharter:
      return "application/vnd.perdura.charter.v1";
    case MessageType::kSealKey:
      return "application/vnd.perdura.seal-key.v1";
    case MessageType::kAsk:
      return "application/vnd.perdura.ask.v1";
    case MessageType::kManifest:
      return "application/vnd.perdura.manifest.v1";
    case MessageType::kContribution:
      return "application/vnd.perdura.contribution.v1";
    case MessageType::kReceipt:
      return "application/vnd.perdura.receipt.v1";
    case MessageType::kRefusal:
      return "application/vnd.perdura.refusal.v1";
    case MessageType::kHave:
      return "application/vnd.perdura.have.v1";
    case MessageType::kCommit:
      return "application/vnd.perdura.commit.v1";
    case MessageType::kPartialSum:
      return "application/vnd.perdura.partial-sum.v1";
    case MessageType::kRelease:
      return "application/vnd.perdura.release.v1";
    case MessageType::kRebase:
      return "application/vnd.perdura.rebase.v1";
    case MessageType::kDiagnosis:
      return "application/vnd.perdura.diagnosis.v1";
  }
  return "";
}

size_t PayloadCap(MessageType type) {
  switch (type) {
    case MessageType::kCharter:
    case MessageType::kManifest:
      return 256 * 1024;
    case MessageType::kHave:
    case MessageType::kCommit:
    case MessageType::kPartialSum:
    case MessageType::kRelease:
    case MessageType::kRebase:
    case MessageType::kDiagnosis:
      return 64 * 1024;
    case MessageType::kAsk:
    case MessageType::kContribution:
      return 16 * 1024;
    case MessageType::kSealKey:
    case MessageType::kReceipt:
    case MessageType::kRefusal:
      return 4 * 1024;
  }
  return 0;
}

std::string PayloadId(absl::string_view payload) { return crypto::Sha256(payload); }

std::string PreAuthEncoding(absl::string_view payload_type, absl::string_view payload) {
  return absl::StrCat("DSSEv1 ", payload_type.size(), " ", payload_type, " ", payload.size(), " ",
                      payload);
}

void AddSignature(v1::Envelope& envelope, const crypto::SigningKey& key, absl::string_view key_id) {
  v1::Signature& signature = *envelope.add_signatures();
  signature.set_sig(key.Sign(PreAuthEncoding(envelope.payload_type(), envelope.payload())));
  signature.set_key_id(std::string(key_id));
}

v1::Envelope SignPayload(MessageType type, std::string payload, const crypto::SigningKey& key,
                         absl::string_view key_id) {
  v1::Envelope envelope;
  envelope.set_payload(std::move(payload));
  envelope.set_payload_type(std::string(PayloadType(type)));
  AddSignature(envelope, key, key_id);
  return envelope;
}

v1::Envelope SignMessage(MessageType type, const google::protobuf::MessageLite& message,
                         const crypto::SigningKey& key, absl::string_view key_id) {
  std::string payload;
  {
    google::protobuf::io::StringOutputStream stream(&payload);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return SignPayload(type, std::move(payload), key, key_id);
}

absl::StatusOr<int> CountSigners(const v1::Envelope& envelope, MessageType type,
                                 std::span<const std::string> keys) {
  if (envelope.payload().size() > PayloadCap(type)) return Malformed("payload is too large");
  if (envelope.signatures_size() < 1 || envelope.signatures_size() > kMaxSignatures) {
    return Malformed("an envelope has 1 to 16 signatures");
  }
  for (const v1::Signature& signature : envelope.signatures()) {
    if (signature.sig().size() != crypto::kSignatureSize) {
      return Malformed("a signature has 64 bytes");
    }
    if (signature.key_id().size() > kMaxKeyIdSize)
      return Malformed("a key id has 64 bytes at most");
  }
  PERDURA_RETURN_IF_ERROR(CheckKnownFields(envelope));
  if (envelope.payload_type() != PayloadType(type)) {
    return Malformed(absl::StrCat("payload_type is not ", PayloadType(type)));
  }
  const std::string signed_bytes = PreAuthEncoding(envelope.payload_type(), envelope.payload());
  const std::set<std::string> distinct(keys.begin(), keys.end());
  return static_cast<int>(
      std::count_if(distinct.begin(), distinct.end(), [&](const std::string& key) {
        return std::any_of(envelope.signatures().begin(), envelope.signatures().end(),
                           [&](const v1::Signature& signature) {
                             return crypto::Verify(key, signed_bytes, signature.sig());
                           });
      }));
}

absl::Status VerifySigners(const v1::Envelope& envelope, MessageType type,
                           std::span<const std::string> keys, int needed) {
  PERDURA_ASSIGN_OR_RETURN(const int signers, CountSigners(envelope, type, keys));
  if (needed >= 1 && signers >= needed) return absl::OkStatus();
  return base::Refuse(
      absl::StatusCode::kUnauthenticated, "bad_signature",
      absl::StrCat(PayloadType(type), ": ", signers, " of ", needed, " required keys signed"));
}

absl::Status CheckKnownFields(const google::protobuf::Message& message) {
  if (!HasUnknownFields(message)) return absl::OkStatus();
  return Malformed(
      absl::StrCat(message.GetTypeName(), " has a field that this version does not know"));
}

absl::Status ParseStrictly(absl::string_view bytes, google::protobuf::Message& message) {
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Malformed(absl::StrCat(message.GetTypeName(), " cannot be read"));
  }
  return CheckKnownFields(message);
}

}  // namespace perdura::federation
