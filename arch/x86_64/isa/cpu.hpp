/// The processor, x86_64: see arch/include/arch/cpu.hpp for the contract.
#pragma once

#include <isa/thread_pointer.hpp>

#include <cstdint>

namespace bobbin::isa {

struct cpu : thread_pointer_register {
  struct fp_control_words {
    std::uint32_t mxcsr = 0x1f80;  ///< of SSE: rounding mode, exception masks and flags; as after reset
    std::uint16_t x87 = 0x037f;    ///< of the x87 unit, which `long double` uses; as after fninit
  };

  [[gnu::always_inline]] static inline std::uintptr_t stack_pointer() noexcept {
    std::uintptr_t value;
    asm volatile("movq %%rsp, %0" : "=r"(value));
    return value;
  }

  [[gnu::always_inline]] static inline bool stack_pointer_is(const std::uintptr_t& word) noexcept {
    asm goto("cmpq %%rsp, %0\n\tjne %l[another]" : : "m"(word) : "cc" : another);
    return true;
  another:
    return false;
  }

  [[gnu::always_inline]] static inline std::uintptr_t frame_pointer() noexcept {
    return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  }

  /// Setting the base of %fs takes longer than all the rest of a switch.
  [[gnu::always_inline]] static inline void change_thread_pointer(void* const& from, void* const& to) noexcept {
    if (from != to) [[unlikely]] set_thread_pointer(to);
  }

  static fp_control_words fp_control() noexcept {
    fp_control_words words;
    asm volatile("stmxcsr %0" : "=m"(words.mxcsr));
    asm volatile("fnstcw %0" : "=m"(words.x87));
    return words;
  }

  static void set_fp_control(fp_control_words words) noexcept {
    asm volatile("ldmxcsr %0" : : "m"(words.mxcsr));
    asm volatile("fldcw %0" : : "m"(words.x87));
  }

  static std::uint64_t instructions() noexcept {
    std::uint32_t low, high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return std::uint64_t{high} << 32 | low;
  }

  template <class Object>
  [[gnu::always_inline]] static inline Object* in_register(Object* object) noexcept {
    return object;
  }

  static void pause() noexcept { asm volatile("pause" : : : "memory"); }
};

}  // namespace bobbin::isa
