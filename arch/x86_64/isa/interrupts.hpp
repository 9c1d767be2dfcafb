/// rflags.IF, x86_64.
#pragma once

#include <cstdint>

namespace bobbin::isa {

struct interrupts {
  [[gnu::always_inline]] static inline void mask() noexcept { asm volatile("cli" : : : "memory"); }

  [[gnu::always_inline]] static inline bool mask_nested() noexcept {
    std::uintptr_t before;
    asm volatile("pushfq\n\tpopq %0\n\tcli" : "=r"(before) : : "memory");
    return before & (1 << 9);
  }

  [[gnu::always_inline]] static inline void unmask() noexcept { asm volatile("sti" : : : "memory"); }

  /// sti takes effect after the instruction that follows it, so none can slip in between the check and the wait.
  static void wait() noexcept { asm volatile("sti\n\thlt\n\tcli" : : : "memory"); }
};

}  // namespace bobbin::isa
