// Writes what other programs are to check, from a log of simulated refusals:
//   log_sample FOLDER
// log.json                 verifier key, entries, all signed notes, all proofs (check_log.go)
// note, cosignature, pae   what is signed; with .sig, and .der for the public key
// (openssl_check.sh)
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/files.h"
#include "base/sqlite/database.h"
#include "base/status_macros.h"
#include "crypto/init.h"
#include "crypto/merkle_proof.h"
#include "federation/envelope.h"
#include "federation/log/cosignature.h"
#include "federation/log/merkle_log.h"
#include "tests/support/test_charter.h"

namespace perdura::federation::log {
namespace {

constexpr uint64_t kEntries = 70;
constexpr char kCosigner[] = "transplant/alfred";
const absl::Time kStart = absl::FromUnixSeconds(1782864000);

std::string Quoted(absl::string_view plain) { return absl::StrCat("\"", plain, "\""); }

std::string Base64Quoted(absl::string_view bytes) { return Quoted(base::Base64Encode(bytes)); }

std::string ProofJson(uint64_t from, uint64_t size, const crypto::MerkleProof& proof) {
  return absl::StrCat("{\"from\":", from, ",\"size\":", size, ",\"hashes\":[",
                      absl::StrJoin(proof, ",",
                                    [](std::string* out, const crypto::Digest& hash) {
                                      absl::StrAppend(out, Base64Quoted(hash));
                                    }),
                      "]}");
}

// The lists of log.json, one JSON value for each item.
struct LogJson {
  std::string key;
  std::vector<std::string> entries, notes, inclusion, consistency;

  std::string Text() const {
    return absl::StrCat("{\"key\":", Quoted(key), ",\n\"entries\":[", absl::StrJoin(entries, ","),
                        "],\n\"notes\":[", absl::StrJoin(notes, ","), "],\n\"inclusion\":[",
                        absl::StrJoin(inclusion, ","), "],\n\"consistency\":[",
                        absl::StrJoin(consistency, ","), "]}\n");
  }
};

absl::Status AppendRefusal(base::Database& database, MerkleLog& log, uint64_t number) {
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(database));
  const Entry entry{.seq = 0,
                    .time = static_cast<uint64_t>(absl::ToUnixMicros(kStart)) + number,
                    .kind = "refused",
                    .actor = "payer-desk",
                    .fields = {{"manifest", base::HexEncode(crypto::Sha256(absl::StrCat(number)))},
                               {"reason", "expired"}}};
  PERDURA_RETURN_IF_ERROR(log.Append(transaction, entry).status());
  return transaction.Commit();
}

// Signs and cosigns the state after each entry, with all proofs to it.
absl::Status AddState(MerkleLog& log, uint64_t size, LogJson& json) {
  PERDURA_ASSIGN_OR_RETURN(SignedCheckpoint head, log.SignHead());
  PutSignature(head.note, Cosign(head.note.text, kCosigner, test_support::TestKey("cosign"),
                                 kStart + absl::Seconds(static_cast<int64_t>(size))));
  json.notes.push_back(Base64Quoted(PrintNote(head.note)));
  for (uint64_t from = 0; from < size; ++from) {
    PERDURA_ASSIGN_OR_RETURN(const auto inclusion, crypto::InclusionProof(from, size, log));
    json.inclusion.push_back(ProofJson(from, size, inclusion));
    PERDURA_ASSIGN_OR_RETURN(const auto consistency, crypto::ConsistencyProof(from + 1, size, log));
    json.consistency.push_back(ProofJson(from + 1, size, consistency));
  }
  return absl::OkStatus();
}

// One signature for OpenSSL: the bytes, the signature, the public key in DER (RFC 8410).
absl::Status WriteSigned(const std::string& path, absl::string_view bytes,
                         absl::string_view signature, absl::string_view public_key) {
  PERDURA_ASSIGN_OR_RETURN(const std::string prefix, base::HexDecode("302a300506032b6570032100"));
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(path, bytes));
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(path + ".sig", signature));
  return base::WriteFileAtomic(path + ".der", absl::StrCat(prefix, public_key));
}

absl::Status WriteSignatures(const std::string& folder, const SignedNote& note,
                             const crypto::SigningKey& log_key) {
  PERDURA_RETURN_IF_ERROR(
      WriteSigned(folder + "/note", note.text, note.signatures[0].bytes, log_key.public_key()));
  const crypto::SigningKey cosign_key = test_support::TestKey("cosign");
  const NoteSignature cosignature = Cosign(note.text, kCosigner, cosign_key, kStart);
  const auto seconds = static_cast<uint64_t>(absl::ToUnixSeconds(kStart));
  PERDURA_RETURN_IF_ERROR(WriteSigned(folder + "/cosignature", CosignedMessage(note.text, seconds),
                                      cosignature.bytes.substr(8), cosign_key.public_key()));
  const v1::Envelope envelope = SignPayload(MessageType::kRefusal, "payload", log_key, "test");
  return WriteSigned(folder + "/pae", PreAuthEncoding(envelope.payload_type(), envelope.payload()),
                     envelope.signatures(0).sig(), log_key.public_key());
}

absl::Status WriteSample(const std::string& folder) {
  PERDURA_RETURN_IF_ERROR(crypto::Init());
  PERDURA_ASSIGN_OR_RETURN(const auto database, base::Database::OpenInMemory());
  const base::Migration schema[] = {{1, kLogSchema}};
  PERDURA_RETURN_IF_ERROR(base::ApplyMigrations(*database, 1, schema));
  const crypto::SigningKey log_key = test_support::TestKey("log");
  PERDURA_ASSIGN_OR_RETURN(
      MerkleLog log,
      MerkleLog::Open({.database = *database,
                       .origin = {.federation = "transplant", .party = "ohio", .generation = 1},
                       .key = log_key}));
  LogJson json{.key = log.note_key().ToText(),
               .entries = {},
               .notes = {},
               .inclusion = {},
               .consistency = {}};
  for (uint64_t number = 0; number < kEntries; ++number) {
    PERDURA_RETURN_IF_ERROR(AppendRefusal(*database, log, number));
    PERDURA_ASSIGN_OR_RETURN(const std::string line, log.EntryAt(number));
    json.entries.push_back(Base64Quoted(line));
    PERDURA_RETURN_IF_ERROR(AddState(log, number + 1, json));
  }
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(folder + "/log.json", json.Text()));
  PERDURA_ASSIGN_OR_RETURN(const SignedCheckpoint head, log.SignHead());
  return WriteSignatures(folder, head.note, log_key);
}

}  // namespace
}  // namespace perdura::federation::log

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: log_sample FOLDER\n", stderr);
    return 2;
  }
  const absl::Status status = perdura::federation::log::WriteSample(argv[1]);
  if (!status.ok()) std::fprintf(stderr, "log_sample: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
