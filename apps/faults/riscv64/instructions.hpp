/// What portable C++ cannot ask of a riscv64.
#pragma once

#include <cstdint>

namespace instructions {

inline constexpr bool division_by_zero_faults = false;  // the quotient is all ones: Unprivileged ISA, chapter "M"
inline constexpr const char* division_cause = "";

/// One function may have frames this large: the Makefile's limit, less what the compiler adds.
inline constexpr int largest_frame = 1800;

using code = std::uint32_t[1];
inline constexpr code return_at_once = {0x00008067};  // jalr x0, 0(ra)

inline void illegal() { asm volatile("unimp"); }
inline void breakpoint() { asm volatile("ebreak"); }

/// Loads and stores may be misaligned, as the firmware helps out; atomic accesses may not.
inline void misaligned(void* odd) {
  asm volatile("amoadd.w zero, zero, (%0)" : : "r"(odd) : "memory");
}

inline long divide(long a, long b) {
  long quotient;
  asm volatile("div %0, %1, %2" : "=r"(quotient) : "r"(a), "r"(b));
  return quotient;
}

}  // namespace instructions
