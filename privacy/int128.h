#ifndef PERDURA_PRIVACY_INT128_H_
#define PERDURA_PRIVACY_INT128_H_

namespace perdura::privacy {

// The compiler's 128-bit integers under names that -Wpedantic accepts. Products of noise and
// sensitivity arithmetic are formed in these; each place that uses them states why it cannot
// overflow.
__extension__ typedef unsigned __int128 Uint128;
__extension__ typedef __int128 Int128;

}  // namespace perdura::privacy

#endif  // PERDURA_PRIVACY_INT128_H_
