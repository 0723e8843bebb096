#include "cli/commands/authority_signatures.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/in_file.h"
#include "base/status_macros.h"
#include "cli/commands/key_files.h"
#include "crypto/sign.h"
#include "federation/envelope.h"

namespace perdura::cli {
namespace {

std::string KeyId(absl::string_view public_key) {
  return base::HexEncode(public_key).substr(0, 16);
}

bool IsBy(const v1::Envelope& envelope, const v1::Signature& signature, const std::string& key) {
  return crypto::Verify(key,
                        federation::PreAuthEncoding(envelope.payload_type(), envelope.payload()),
                        signature.sig());
}

// A key that signs twice counts once, and an envelope has room for 16 signatures.
void RemoveSignaturesOf(const std::string& key, v1::Envelope& envelope) {
  auto& signatures = *envelope.mutable_signatures();
  signatures.erase(std::remove_if(signatures.begin(), signatures.end(),
                                  [&](const v1::Signature& signature) {
                                    return signature.key_id() == KeyId(key) ||
                                           IsBy(envelope, signature, key);
                                  }),
                   signatures.end());
}

absl::Status CheckAuthorityKey(const std::string& key, const AuthorityKeys& authority) {
  if (std::find(authority.keys.begin(), authority.keys.end(), key) != authority.keys.end()) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(
      absl::StrCat("this key (", KeyId(key),
                   ") is none of the authority keys that have to sign here, so its signature would "
                   "count for nothing"));
}

}  // namespace

AuthorityKeys AuthorityOf(const v1::Charter& charter) {
  return {.keys = {charter.authority_keys().begin(), charter.authority_keys().end()},
          .threshold = static_cast<int>(charter.authority_threshold())};
}

absl::StatusOr<std::string> SignWithKeyFiles(const std::vector<std::string>& key_files,
                                             const AuthorityKeys& authority,
                                             const std::string& path, v1::Envelope& envelope) {
  for (const std::string& file : key_files) {
    PERDURA_ASSIGN_OR_RETURN(const crypto::SigningKey key, ReadKeyFile(file));
    PERDURA_RETURN_IF_ERROR(base::InFile(file, CheckAuthorityKey(key.public_key(), authority)));
    RemoveSignaturesOf(key.public_key(), envelope);
    federation::AddSignature(envelope, key, KeyId(key.public_key()));
  }
  return absl::StrCat("signed with ", absl::StrJoin(key_files, ", "), "; ", path, " has ",
                      ShowSignatures(envelope, authority), "\n");
}

std::string ShowSignatures(const v1::Envelope& envelope, const AuthorityKeys& authority) {
  std::vector<std::string> signers;
  int counted = 0;
  for (size_t i = 0; i < authority.keys.size(); ++i) {
    const std::string& key = authority.keys[i];
    const auto made = std::count_if(
        envelope.signatures().begin(), envelope.signatures().end(),
        [&](const v1::Signature& signature) { return IsBy(envelope, signature, key); });
    counted += static_cast<int>(made);
    if (made > 0) signers.push_back(absl::StrCat("authority key ", i + 1, " (", KeyId(key), ")"));
  }
  std::string text =
      absl::StrCat(signers.size(), " of ", authority.threshold, " needed signatures");
  if (!signers.empty()) absl::StrAppend(&text, ", by ", absl::StrJoin(signers, ", "));
  const int other = envelope.signatures_size() - counted;
  if (other > 0) absl::StrAppend(&text, "; and ", other, " that no authority key here has made");
  return text;
}

}  // namespace perdura::cli
