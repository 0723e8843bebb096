#include "crypto/field64.h"

namespace perdura::crypto {
namespace {

constexpr size_t kWord = 8;

void StoreLittleEndian(uint64_t word, char* out) {
  for (size_t i = 0; i < kWord; ++i) out[i] = static_cast<char>((word >> (8 * i)) & 0xff);
}

}  // namespace

uint64_t LoadLittleEndian64(const uint8_t* bytes) {
  uint64_t word = 0;
  for (size_t i = 0; i < kWord; ++i) word |= uint64_t{bytes[i]} << (8 * i);
  return word;
}

std::string EncodeFields(std::span<const Field64> elements) {
  std::string bytes(elements.size() * kWord, '\0');
  for (size_t i = 0; i < elements.size(); ++i) {
    StoreLittleEndian(elements[i].value(), bytes.data() + i * kWord);
  }
  return bytes;
}

absl::StatusOr<FieldVector> DecodeFields(absl::string_view bytes) {
  if (bytes.size() % kWord != 0) {
    return absl::InvalidArgumentError("field vector has a broken length");
  }
  FieldVector elements(bytes.size() / kWord);
  const auto* words = reinterpret_cast<const uint8_t*>(bytes.data());
  uint64_t bad = 0;
  for (size_t i = 0; i < elements.size(); ++i) {
    const uint64_t word = LoadLittleEndian64(words + i * kWord);
    bad |= static_cast<uint64_t>(!Field64::IsCanonical(word));
    elements[i] = Field64::Reduce(word);
  }
  if (bad != 0) return absl::InvalidArgumentError("field vector holds a value >= p");
  return elements;
}

}  // namespace perdura::crypto
