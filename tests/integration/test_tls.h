#ifndef PERDURA_TESTS_INTEGRATION_TEST_TLS_H_
#define PERDURA_TESTS_INTEGRATION_TEST_TLS_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "base/rpc/tls.h"

struct evp_pkey_st;
struct x509_st;

namespace perdura::test_support {

// A P-256 key. Tests only.
class TestKeyPair final {
 public:
  TestKeyPair();
  evp_pkey_st* get() const { return key_.get(); }

 private:
  std::shared_ptr<evp_pkey_st> key_;
};

// A certificate authority that writes PEM files into a folder. Tests only.
class TestCa final {
 public:
  // `name` must differ between the authorities of a folder.
  TestCa(std::string folder, std::string name);

  const std::string& ca_path() const { return ca_path_; }

  struct Wish {
    std::string uri;  // "perdura://test/member/ohio"
    absl::Time not_after = absl::Now() + absl::Hours(1);
    TestKeyPair key = {};
  };
  // Writes <file>.pem and <file>.key; `trusted_ca` is what the holder will accept of others.
  base::TlsFiles Issue(const std::string& file, const Wish& wish,
                       const std::string& trusted_ca) const;

 private:
  std::string folder_;
  TestKeyPair key_;
  std::shared_ptr<x509_st> certificate_;
  std::string ca_path_;
};

// Pin of the certificate in `files`.
std::string PinOf(const base::TlsFiles& files);

}  // namespace perdura::test_support

#endif  // PERDURA_TESTS_INTEGRATION_TEST_TLS_H_
