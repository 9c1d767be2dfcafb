/// The processor, riscv64: see arch/include/arch/cpu.hpp for the contract.
#pragma once

#include <cstdint>

namespace bobbin::isa {

struct cpu {
  using fp_control_words = std::uint32_t;  ///< fcsr: rounding mode and accrued exception flags

  [[gnu::always_inline]] static inline std::uintptr_t stack_pointer() noexcept {
    std::uintptr_t value;
    asm volatile("mv %0, sp" : "=r"(value));
    return value;
  }

  [[gnu::always_inline]] static inline bool stack_pointer_is(const std::uintptr_t& word) noexcept {
    asm goto("bne %0, sp, %l[another]" : : "r"(word) : : another);
    return true;
  another:
    return false;
  }

  [[gnu::always_inline]] static inline std::uintptr_t frame_pointer() noexcept {
    return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  }

  static void* thread_pointer() noexcept {
    void* value;
    asm volatile("mv %0, tp" : "=r"(value));
    return value;
  }

  [[gnu::always_inline]] static inline void set_thread_pointer(void* value) noexcept {
    asm volatile("mv tp, %0" : : "r"(value) : "memory");
  }

  [[gnu::always_inline]] static inline void change_thread_pointer(void* const&, void* const& to) noexcept {
    asm volatile("ld tp, %0" : : "m"(to) : "memory");
  }

  static fp_control_words fp_control() noexcept {
    std::uintptr_t value;
    asm volatile("frcsr %0" : "=r"(value));
    return static_cast<fp_control_words>(value);
  }

  static void set_fp_control(fp_control_words words) noexcept { asm volatile("fscsr %0" : : "r"(words)); }

  static std::uint64_t instructions() noexcept {
    std::uint64_t value;
    asm volatile("rdinstret %0" : "=r"(value) : : "memory");
    return value;
  }

  template <class Object>
  [[gnu::always_inline]] static inline Object* in_register(Object* object) noexcept {
    asm volatile("" : "+r"(object));
    return object;
  }

  static void pause() noexcept { asm volatile("" : : : "memory"); }
};

}  // namespace bobbin::isa
