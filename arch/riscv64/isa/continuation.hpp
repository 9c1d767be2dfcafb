/// The switch between tasks on riscv64.
///
///   leaving                                   entering
///     lla  t1, here                             [here]
///     sd   t1, s0, sp -> pc, fp, sp             ...
///     ld   t1, s0, sp <- pc, fp, sp
///     jr   t1                ------------->
///
/// The jump goes through t1: x5 (t0) is an alternate link register, and a jump through it would pop the return stack of
/// the branch predictor. Nothing is stored on the stack, so nothing lies below the stack pointer at any moment.
#pragma once

#include <isa/inline_switch.h>

namespace bobbin::arch {

struct continuation : suspended_task {
  static constexpr std::size_t careful_bytes = 256;  // all registers that a call keeps, FP registers among them

  /// sstatus.SD (bit 63) says that FP registers were written since `clean_fp`.
  [[gnu::always_inline]] static bool has_fp() noexcept {
    std::intptr_t status;
    asm volatile("csrr %0, sstatus" : "=r"(status));
    return status < 0;
  }

  [[gnu::always_inline]] static void hand_over(continuation& from, continuation& to) noexcept;
  static void hand_over_with_fp(continuation& from, continuation& to) noexcept;
  [[noreturn, gnu::always_inline]] static void leave_for(continuation& to) noexcept;
  [[noreturn, gnu::always_inline]] static void enter(continuation& to) noexcept;
  [[gnu::always_inline]] static void yield_out_of_line() noexcept;

 private:
  /// Whoever comes next starts with clean ones: sstatus.FS from dirty to initial.
  [[gnu::always_inline]] static void clean_fp() noexcept { asm volatile("csrc sstatus, %0" : : "r"(1 << 14)); }
};

/// a0 = the continuation that is entered. For debuggers, the caller of these instructions is already who is entered: the
/// frame ends at that side's sp, which lies below those of its callers; that, pc and fp are found through a0 ([DWARF 4,
/// 6.4.2]; 0x7a is "a0 plus", 0x06 "what lies there").
#define BOBBIN_ENTER                                                                                                   \
  "ld    t1, %[pc](a0)\n\t"                                                                                            \
  BOBBIN_CFI("remember_state")                                                                                         \
  BOBBIN_CFI("escape 0x0f, 3, 0x7a, %[sp], 0x06")              /* the end of the frame */                              \
  BOBBIN_CFI("escape 0x10, 1, 2, 0x7a, %[pc]")                 /* ra */                                                \
  BOBBIN_CFI("escape 0x10, 8, 2, 0x7a, %[fp]")                 /* s0 */                                                \
  BOBBIN_CFI("undefined s1") BOBBIN_CFI("undefined s2") BOBBIN_CFI("undefined s3") BOBBIN_CFI("undefined s4")          \
  BOBBIN_CFI("undefined s5") BOBBIN_CFI("undefined s6") BOBBIN_CFI("undefined s7") BOBBIN_CFI("undefined s8")          \
  BOBBIN_CFI("undefined s9") BOBBIN_CFI("undefined s10") BOBBIN_CFI("undefined s11")                                   \
  "ld    s0, %[fp](a0)\n\t"                                                                                            \
  "ld    sp, %[sp](a0)\n\t"                                                                                            \
  "jr    t1\n\t"                                                                                                       \
  BOBBIN_CFI("restore_state")
#define BOBBIN_CONTINUATION [pc] "i"(offsetof(suspended_task, pc)), [sp] "i"(offsetof(suspended_task, sp)),            \
  [fp] "i"(offsetof(suspended_task, fp))

inline void continuation::hand_over(continuation& from, continuation& to) noexcept {
  register continuation* a0 asm("a0") = &to;
  register continuation* a1 asm("a1") = &from;
  asm volatile(
      "lla   t1, 1f\n\t"
      "sd    t1, %[pc](a1)\n\t"
      "sd    s0, %[fp](a1)\n\t"
      "sd    sp, %[sp](a1)\n\t"
      BOBBIN_ENTER
      "nop\n"                                     // unwinders look a return address up one byte before it
      "1:"
      : "+r"(a0), "+r"(a1)
      : BOBBIN_CONTINUATION
      : BOBBIN_LOST_REGISTERS);
}

/// The compiler saves what it is told is lost, before anything else here, and takes it back at the end.
[[gnu::noinline]] inline void continuation::hand_over_with_fp(continuation& from, continuation& to) noexcept {
  keep_frame();
  asm volatile("" : : : BOBBIN_FP_REGISTERS);
  clean_fp();
  hand_over(from, to);
}

inline void continuation::leave_for(continuation& to) noexcept {
  if (has_fp()) [[unlikely]] clean_fp();
  enter(to);
}

inline void continuation::enter(continuation& to) noexcept {
  register continuation* a0 asm("a0") = &to;
  asm volatile(BOBBIN_ENTER : : "r"(a0), BOBBIN_CONTINUATION : "memory");
  __builtin_unreachable();
}

inline void continuation::yield_out_of_line() noexcept {
  asm volatile(
      "lla   ra, 1f\n\t"
      "tail  yield_out_of_line\n\t"               // context.S
      "nop\n"                                     // as above
      "1:"
      :
      :
      : "a0", "a1", BOBBIN_LOST_REGISTERS);
}

#undef BOBBIN_CONTINUATION
#undef BOBBIN_ENTER

}  // namespace bobbin::arch
