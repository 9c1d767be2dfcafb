/// The switch between tasks on x86_64. arch/riscv64/isa/continuation.hpp tells the story; here is what differs.
///
///   leaving                                   entering
///     movq $here, %rbp, %rsp -> pc, fp, sp      [here]
///     movq fp, sp -> %rbp, %rsp                 ...
///     jmp  *pc               ------------->
///
/// No FP register is kept by a call, so nobody has any in use where it switches.
#pragma once

#include <isa/inline_switch.h>

namespace bobbin::arch {

struct continuation : suspended_task {
  static constexpr std::size_t careful_bytes = 192;

  [[gnu::always_inline]] static constexpr bool has_fp() noexcept { return false; }

  [[gnu::always_inline]] static void hand_over(continuation& from, continuation& to) noexcept;
  static void hand_over_with_fp(continuation& from, continuation& to) noexcept { hand_over(from, to); }
  [[noreturn, gnu::always_inline]] static void leave_for(continuation& to) noexcept;
  [[noreturn, gnu::always_inline]] static void enter(continuation& to) noexcept;
  [[gnu::always_inline]] static void yield_out_of_line() noexcept;
};

/// rdi = the continuation that is entered. For debuggers, the caller of these instructions is already who is entered;
/// 0x75 is "rdi plus".
#define BOBBIN_ENTER                                                                                                   \
  BOBBIN_CFI("remember_state")                                                                                         \
  BOBBIN_CFI("escape 0x0f, 3, 0x75, %c[sp], 0x06")             /* the end of the frame */                              \
  BOBBIN_CFI("escape 0x10, 16, 2, 0x75, %c[pc]")               /* rip */                                               \
  BOBBIN_CFI("escape 0x10, 6, 2, 0x75, %c[fp]")                /* rbp */                                               \
  BOBBIN_CFI("undefined rbx") BOBBIN_CFI("undefined r12") BOBBIN_CFI("undefined r13") BOBBIN_CFI("undefined r14")      \
  BOBBIN_CFI("undefined r15")                                                                                          \
  "movq  %c[fp](%%rdi), %%rbp\n\t"                                                                                     \
  "movq  %c[sp](%%rdi), %%rsp\n\t"                                                                                     \
  "jmp   *%c[pc](%%rdi)\n\t"                                                                                           \
  BOBBIN_CFI("restore_state")
#define BOBBIN_CONTINUATION [pc] "i"(offsetof(suspended_task, pc)), [sp] "i"(offsetof(suspended_task, sp)),            \
  [fp] "i"(offsetof(suspended_task, fp))

inline void continuation::hand_over(continuation& from, continuation& to) noexcept {
  continuation *rdi = &to, *rsi = &from;
  asm volatile(
      "movq  $1f, %c[pc](%%rsi)\n\t"
      "movq  %%rbp, %c[fp](%%rsi)\n\t"
      "movq  %%rsp, %c[sp](%%rsi)\n\t"
      BOBBIN_ENTER
      "nop\n"                                     // unwinders look a return address up one byte before it
      "1:"
      : "+D"(rdi), "+S"(rsi)
      : BOBBIN_CONTINUATION
      : BOBBIN_LOST_REGISTERS);
}

inline void continuation::leave_for(continuation& to) noexcept { enter(to); }

inline void continuation::enter(continuation& to) noexcept {
  asm volatile(BOBBIN_ENTER : : "D"(&to), BOBBIN_CONTINUATION : "memory");
  __builtin_unreachable();
}

inline void continuation::yield_out_of_line() noexcept {
  asm volatile(
      "movl  $1f, %%edi\n\t"
      "jmp   yield_out_of_line\n\t"               // context.S
      "nop\n"                                     // as above
      "1:"
      :
      :
      : "rdi", "rsi", BOBBIN_LOST_REGISTERS);
}

#undef BOBBIN_CONTINUATION
#undef BOBBIN_ENTER

}  // namespace bobbin::arch
