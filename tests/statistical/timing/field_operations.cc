// The operations of Field64 as functions of their own, for tests/branch_gate.py to read as machine
// code, and two that the gate must find. Nothing calls them.

#include "crypto/field64.h"

using perdura::crypto::Field64;
using perdura::crypto::Wide128;

extern "C" {

uint64_t perdura_clean_add(Field64 a, Field64 b) { return (a + b).value(); }
uint64_t perdura_clean_subtract(Field64 a, Field64 b) { return (a - b).value(); }
uint64_t perdura_clean_multiply(Field64 a, Field64 b) { return (a * b).value(); }
uint64_t perdura_clean_reduce(Wide128 n) { return Field64::Reduce(n).value(); }
uint64_t perdura_clean_from_signed(int64_t v) { return Field64::FromSigned(v).value(); }
int64_t perdura_clean_lift(Field64 a) { return a.Lift(); }

uint64_t perdura_planted_branch(Field64 a, volatile uint64_t* out) {
  if (a.value() > 7) *out = 1;
  return a.value();
}
uint64_t perdura_planted_division(Field64 a) { return 1'000'000'007 % (a.value() | 1); }

}  // extern "C"
