#include "tests/integration/test_tls.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <utility>

#include "base/check.h"
#include "base/files.h"

namespace perdura::test_support {
namespace {

std::string Contents(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(memory);
  return text;
}

std::string CertificatePem(X509* certificate) {
  BIO* memory = BIO_new(BIO_s_mem());
  PERDURA_CHECK(PEM_write_bio_X509(memory, certificate) == 1);
  return Contents(memory);
}

std::string KeyPem(EVP_PKEY* key) {
  BIO* memory = BIO_new(BIO_s_mem());
  PERDURA_CHECK(PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return Contents(memory);
}

void AddExtension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  PERDURA_CHECK(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::shared_ptr<X509> NewCertificate(const std::string& name, EVP_PKEY* key, absl::Time not_after) {
  static long serial = 0;
  std::shared_ptr<X509> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()),
                absl::ToTimeT(absl::Now() - absl::Hours(24)));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(not_after));
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

void Write(const std::string& path, const std::string& contents) {
  PERDURA_CHECK(base::WriteFileAtomic(path, contents).ok());
}

}  // namespace

TestKeyPair::TestKeyPair() : key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {
  PERDURA_CHECK(key_ != nullptr);
}

TestCa::TestCa(std::string folder, std::string name)
    : folder_(std::move(folder)), ca_path_(folder_ + "/" + name + "-ca.pem") {
  certificate_ = NewCertificate(name + " CA", key_.get(), absl::Now() + absl::Hours(24));
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  PERDURA_CHECK(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) > 0);
  Write(ca_path_, CertificatePem(certificate_.get()));
}

base::TlsFiles TestCa::Issue(const std::string& file, const Wish& wish,
                             const std::string& trusted_ca) const {
  const auto certificate = NewCertificate(file, wish.key.get(), wish.not_after);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(certificate.get(), NID_subject_alt_name, "URI:" + wish.uri);
  PERDURA_CHECK(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0);
  const base::TlsFiles files{.certificate_path = folder_ + "/" + file + ".pem",
                             .key_path = folder_ + "/" + file + ".key",
                             .ca_path = trusted_ca};
  Write(files.certificate_path, CertificatePem(certificate.get()));
  Write(files.key_path, KeyPem(wish.key.get()));
  return files;
}

std::string PinOf(const base::TlsFiles& files) {
  const auto pem = base::ReadFile(files.certificate_path, 65536);
  PERDURA_CHECK(pem.ok());
  const auto pin = base::SpkiPin(*pem);
  PERDURA_CHECK(pin.ok());
  return *pin;
}

}  // namespace perdura::test_support
