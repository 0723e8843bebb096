#include "base/rpc/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "base/in_file.h"
#include "base/status_macros.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_certificate_verifier.h"
#include "grpcpp/security/tls_credentials_options.h"

namespace perdura::base {
namespace {

namespace tls = grpc::experimental;

constexpr size_t kMaxPemBytes = 256 * 1024;
constexpr unsigned kReloadSeconds = 5;

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free>>;
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;

BioPtr Reader(absl::string_view bytes) {
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

absl::StatusOr<CertificatePtr> ParseCertificate(absl::string_view pem) {
  const BioPtr reader = Reader(pem);
  CertificatePtr certificate(PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (certificate == nullptr) return absl::InvalidArgumentError("no PEM certificate");
  return certificate;
}

absl::StatusOr<CertificatePtr> ReadPem(const std::string& path) {
  const auto pem = ReadFile(path, kMaxPemBytes);
  if (!pem.ok()) return InFile(path, pem.status());
  auto certificate = ParseCertificate(*pem);
  if (!certificate.ok()) return InFile(path, certificate.status());
  return certificate;
}

absl::StatusOr<KeyPtr> ReadKeyPem(const std::string& path) {
  auto pem = ReadFile(path, kMaxPemBytes);
  if (!pem.ok()) return InFile(path, pem.status());
  const BioPtr reader = Reader(*pem);
  KeyPtr key(PEM_read_bio_PrivateKey(reader.get(), nullptr, nullptr, nullptr));
  OPENSSL_cleanse(pem->data(), pem->size());
  ERR_clear_error();
  if (key == nullptr) return InFile(path, absl::InvalidArgumentError("no PEM private key"));
  return key;
}

absl::StatusOr<std::string> PinOf(const X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return absl::InvalidArgumentError("the certificate has no public key");
  std::string pin(SHA256_DIGEST_LENGTH, '\0');
  SHA256(der, static_cast<size_t>(size), reinterpret_cast<unsigned char*>(pin.data()));
  OPENSSL_free(der);
  return pin;
}

absl::StatusOr<absl::Time> NotAfter(const X509* certificate) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) {
    return absl::InvalidArgumentError("the certificate has no end of validity");
  }
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::vector<std::string> UrisOf(const X509* certificate) {
  std::vector<std::string> uris;
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                      static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  return uris;
}

// Judges the server's certificate once its chain is verified, before any request is sent.
class ServerVerifier final : public tls::ExternalCertificateVerifier {
 public:
  using Judge = std::function<bool(const CertificateFacts&)>;
  explicit ServerVerifier(Judge judge) : judge_(std::move(judge)) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* result) override {
    const grpc::string_ref pem = request->peer_cert();
    const auto certificate = ReadCertificate({pem.data(), pem.size()});
    if (!certificate.ok() || !judge_(*certificate)) {
      *result = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "not the expected server");
    }
    return true;  // done, whatever came out
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  Judge judge_;
};

std::shared_ptr<tls::CertificateProviderInterface> Watch(const TlsFiles& files) {
  return std::make_shared<tls::FileWatcherCertificateProvider>(
      files.key_path, files.certificate_path, files.ca_path, kReloadSeconds);
}

std::shared_ptr<grpc::ChannelCredentials> ClientCredentials(const TlsFiles& files,
                                                            ServerVerifier::Judge judge) {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_certificate_verifier(
      tls::ExternalCertificateVerifier::Create<ServerVerifier>(std::move(judge)));
  options.set_check_call_host(false);
  return tls::TlsCredentials(options);
}

}  // namespace

absl::StatusOr<CertificateFacts> ReadCertificate(absl::string_view pem) {
  PERDURA_ASSIGN_OR_RETURN(const CertificatePtr certificate, ParseCertificate(pem));
  CertificateFacts facts;
  PERDURA_ASSIGN_OR_RETURN(facts.pin, PinOf(certificate.get()));
  PERDURA_ASSIGN_OR_RETURN(facts.not_after, NotAfter(certificate.get()));
  facts.uris = UrisOf(certificate.get());
  return facts;
}

absl::StatusOr<std::string> SpkiPin(absl::string_view pem) {
  PERDURA_ASSIGN_OR_RETURN(const CertificatePtr certificate, ParseCertificate(pem));
  return PinOf(certificate.get());
}

absl::Status CheckTlsFiles(const TlsFiles& files) {
  PERDURA_ASSIGN_OR_RETURN(const KeyPtr key, ReadKeyPem(files.key_path));
  PERDURA_ASSIGN_OR_RETURN(const CertificatePtr certificate, ReadPem(files.certificate_path));
  PERDURA_RETURN_IF_ERROR(ReadPem(files.ca_path).status());
  const bool fits = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!fits) {
    return InFile(files.key_path, absl::InvalidArgumentError(absl::StrCat(
                                      "this key and the certificate ", files.certificate_path,
                                      " do not belong together")));
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::ServerCredentials> MutualTlsServer(const TlsFiles& files) {
  tls::TlsServerCredentialsOptions options(Watch(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return tls::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> PinnedTlsClient(const TlsFiles& files,
                                                          std::string server_pin) {
  return ClientCredentials(files, [pin = std::move(server_pin)](const CertificateFacts& facts) {
    return facts.pin == pin;
  });
}

std::shared_ptr<grpc::ChannelCredentials> FirstContactTlsClient(const TlsFiles& files,
                                                                absl::string_view federation) {
  const std::string prefix = absl::StrCat("perdura://", federation, "/aggregator/");
  return ClientCredentials(files, [prefix](const CertificateFacts& facts) {
    return facts.uris.size() == 1 && absl::StartsWith(facts.uris[0], prefix);
  });
}

}  // namespace perdura::base
