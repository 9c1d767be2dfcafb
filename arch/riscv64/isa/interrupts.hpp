/// sstatus.SIE, riscv64.
#pragma once

#include <cstdint>

namespace bobbin::isa {

struct interrupts {
  [[gnu::always_inline]] static inline void mask() noexcept { asm volatile("csrci sstatus, 1 << 1" : : : "memory"); }

  [[gnu::always_inline]] static inline bool mask_nested() noexcept {
    std::uintptr_t before;
    asm volatile("csrrci %0, sstatus, 1 << 1" : "=r"(before) : : "memory");
    return before & (1 << 1);
  }

  [[gnu::always_inline]] static inline void unmask() noexcept { asm volatile("csrsi sstatus, 1 << 1" : : : "memory"); }

  /// wfi wakes for a pending interrupt even while it is masked, so none can slip in between the check and the wait.
  static void wait() noexcept {
    asm volatile("wfi" : : : "memory");
    unmask();
    mask();
  }
};

}  // namespace bobbin::isa
