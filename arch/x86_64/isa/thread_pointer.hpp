/// The base of %fs, by FSGSBASE.
#pragma once

namespace bobbin::isa {

struct thread_pointer_register {
  static constexpr bool needs_fsgsbase = true;

  static void* thread_pointer() noexcept {
    void* value;
    asm volatile("rdfsbase %0" : "=r"(value));
    return value;
  }

  [[gnu::always_inline]] static inline void set_thread_pointer(void* value) noexcept {
    asm volatile("wrfsbase %0" : : "r"(value) : "memory");
  }
};

}  // namespace bobbin::isa
