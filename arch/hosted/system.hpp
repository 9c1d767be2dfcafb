/// Linux, which is the machine here: its system calls, made as the processor makes them. There is no libc.
#pragma once

#include <sys/syscall.h>

#include <bit>
#include <cstdint>
#include <type_traits>

namespace bobbin::isa {

/// One of the words that a system call takes; five are enough here.
class call_word {
 public:
  constexpr call_word() noexcept = default;
  template <class Integer>
    requires(std::is_integral_v<Integer> || std::is_enum_v<Integer>)
  constexpr call_word(Integer value) noexcept : value_{static_cast<std::uintptr_t>(value)} {}
  call_word(const volatile void* address) noexcept : value_{reinterpret_cast<std::uintptr_t>(address)} {}
  constexpr std::uintptr_t value() const noexcept { return value_; }

 private:
  std::uintptr_t value_ = 0;
};

/// What the call returns: an error as the negative of its number. Needs no stack.
[[gnu::always_inline]] inline long system_call(long number, call_word a = {}, call_word b = {}, call_word c = {},
                                               call_word d = {}, call_word e = {}) noexcept {
  register std::uintptr_t fourth asm("r10") = d.value();
  register std::uintptr_t fifth asm("r8") = e.value();
  long result;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a.value()), "S"(b.value()), "d"(c.value()), "r"(fourth), "r"(fifth)
               : "rcx", "r11", "memory");
  return result;
}

enum : int { standard_input = 0, standard_output = 1 };

}  // namespace bobbin::isa
