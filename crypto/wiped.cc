#include "crypto/wiped.h"

#include <sodium.h>

namespace perdura::crypto {

void Wipe(void* data, size_t size) { sodium_memzero(data, size); }

void WipeString(std::string& text) {
  text.resize(text.capacity());  // the tail may hold what a longer text left behind
  sodium_memzero(text.data(), text.size());
  text.clear();
}

}  // namespace perdura::crypto
