/// What portable C++ cannot ask of an x86_64.
#pragma once

#include <cstdint>

namespace instructions {

inline constexpr bool division_by_zero_faults = true;
inline constexpr const char* division_cause = "division by zero, or a quotient that does not fit";

/// Frames of any size are probed page by page: see the Makefile.
inline constexpr int largest_frame = 12 * 1024;

using code = std::uint8_t[1];
inline constexpr code return_at_once = {0xc3};  // ret

inline void illegal() { asm volatile("ud2"); }
inline void breakpoint() { asm volatile("int3"); }

/// Ordinary accesses may be misaligned; those of 16 bytes that say "aligned" may not.
inline void misaligned(void* odd) {
  asm volatile("movaps %%xmm0, (%0)" : : "r"(odd) : "memory");
}

inline long divide(long a, long b) {
  asm volatile("cqto\n\tidivq %1" : "+a"(a) : "r"(b) : "rdx", "cc");
  return a;
}

}  // namespace instructions
