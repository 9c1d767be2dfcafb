/// The inline switch on x86_64. arch/riscv64/isa/coroutine.hpp tells the story; here is what differs.
///
/// Both ways are jumps. A resume that calls and a yield that returns are foreseen by the processor only while neither side
/// calls or returns in between; jumps are foreseen by where they stand, and each place that resumes or yields has its own. So
/// what the processor knows of calls and returns is left to those of the program. `inside` is compared, and written only
/// where it changes: a store less on most ways.
#pragma once

#include <isa/frame.h>
#include <isa/inline_switch.h>

namespace bobbin::arch {

extern "C" void enter_coroutine();                        // coroutine.S

struct coroutine {
  stack_foot* resumer = nullptr;        ///< of the stack that resumed last, for the quick check
  std::uintptr_t body_fp;               ///< of the body while it is suspended; what to run, before it begins
  std::uintptr_t body_pc;               ///< where it goes on; 0 while it runs
  std::uintptr_t resumer_sp, resumer_fp, resumer_pc;  ///< of the resumer while it runs; the last two are a frame record

  static constexpr std::size_t own_foot = OWN_FOOT, body_sp = BODY_SP;  ///< where its stack_user has them
  static constexpr std::uintptr_t leaving_bytes = LANDING_LEAVING_BYTES;  ///< rbp goes that far before body_pc

  void begin_with(void (*run)(coroutine*, std::uintptr_t)) noexcept {
    body_fp = reinterpret_cast<std::uintptr_t>(run);
    body_pc = reinterpret_cast<std::uintptr_t>(enter_coroutine);
  }

  [[gnu::always_inline]] static bool resume(coroutine*& body, std::uintptr_t& word) noexcept;
  [[gnu::always_inline]] static yielded yield(coroutine* body, std::uintptr_t& word) noexcept;
  [[noreturn, gnu::always_inline]] void return_for_good() noexcept;
  void stop_at_resume() noexcept { body_pc -= LANDING_STOP_BYTES; }

  bool fresh() const noexcept { return body_pc == reinterpret_cast<std::uintptr_t>(enter_coroutine); }
  bool suspended() const noexcept { return body_pc != 0; }
  call_site suspended_at() const noexcept { return fresh() ? call_site{body_fp, 0} : call_site{body_pc, body_fp}; }
  call_site resumed_from() const noexcept { return {resumer_pc, resumer_fp}; }
};

static_assert(offsetof(stack_foot, inside) == FOOT_INSIDE);
static_assert(offsetof(stack_foot, switched_at) == FOOT_SWITCHED_AT);
static_assert(offsetof(coroutine, resumer) == RESUMER_FOOT);
static_assert(offsetof(coroutine, body_fp) == BODY_FP);
static_assert(offsetof(coroutine, body_pc) == BODY_PC);
static_assert(offsetof(coroutine, resumer_sp) == RESUMER_SP);
static_assert(offsetof(coroutine, resumer_fp) == RESUMER_FP);
static_assert(offsetof(coroutine, resumer_pc) == RESUMER_PC);
static_assert(sizeof(coroutine) == COROUTINE_BYTES);

/// The caller of this place is the resumer: what it needs is in the last words of the coroutine, its other registers are lost.
#define BOBBIN_CALLED_BY_RESUMER                                                                                       \
  BOBBIN_CFI("def_cfa rdi, %c[bytes]") BOBBIN_CFI("offset rsp, %c[resumer_sp] - %c[bytes]")                            \
  BOBBIN_CFI("offset rbp, %c[resumer_fp] - %c[bytes]") BOBBIN_CFI("offset rip, %c[resumer_pc] - %c[bytes]")            \
  BOBBIN_CFI("undefined rbx") BOBBIN_CFI("undefined r12") BOBBIN_CFI("undefined r13") BOBBIN_CFI("undefined r14")      \
  BOBBIN_CFI("undefined r15")
#define BOBBIN_COROUTINE                                                                                               \
  [switched_at] "i"(FOOT_SWITCHED_AT), [body_sp] "i"(BODY_SP), [body_fp] "i"(BODY_FP), [body_pc] "i"(BODY_PC),         \
  [resumer_sp] "i"(RESUMER_SP), [resumer_fp] "i"(RESUMER_FP), [resumer_pc] "i"(RESUMER_PC), [bytes] "i"(COROUTINE_BYTES)

/// From the resumer's stack to the body's.
#define BOBBIN_LANDING                                                                                                 \
  "movq  %c[body_fp](%%rdi), %%rbp\n\t"                                                                                \
  "movq  %c[body_sp](%%rdi), %%rsp\n\t"                                                                                \
  BOBBIN_CFI("restore_state")                                                                                          \
  "movq  $0, %c[body_pc](%%rdi)\n\t"                           /* it runs */

/// What a jump out of the assembly leaves in the operands: before version 16, clang says nothing of that.
#if defined(__clang__) && __clang_major__ < 16
#define BOBBIN_AS_BEFORE body = body_before, word = word_before;
#define BOBBIN_WORD_AS_BEFORE word = word_before;
#else
#define BOBBIN_AS_BEFORE
#define BOBBIN_WORD_AS_BEFORE
#endif

inline bool coroutine::resume(coroutine*& body, std::uintptr_t& word) noexcept {
  [[maybe_unused]] coroutine* const body_before = body;
  [[maybe_unused]] const std::uintptr_t word_before = word;
  asm volatile goto(
      "movq  %c[resumer](%%rdi), %%rax\n\t"
      "cmpq  %%rsp, %c[switched_at](%%rax)\n\t"
      "jne   %l[unchecked]\n\t"
      "cmpq  %%rdi, %c[inside](%%rax)\n\t"
      "jne   3f\n"
      "2:\n\t"
      "movq  $1f, %c[resumer_pc](%%rdi)\n\t"
      "movq  %%rbp, %c[resumer_fp](%%rdi)\n\t"
      "movq  %%rsp, %c[resumer_sp](%%rdi)\n\t"
      "jmp   *%c[body_pc](%%rdi)\n"               // to the landing in a yield, or enter_coroutine
      "3:\n\t"                                    // another generator than the last time
      "movq  %%rdi, %c[inside](%%rax)\n\t"
      "jmp   2b\n"
      "1:"
      : "+D"(body), "+S"(word)
      : [resumer] "i"(RESUMER_FOOT), [inside] "i"(FOOT_INSIDE), BOBBIN_COROUTINE
      : BOBBIN_LOST_REGISTERS
      : unchecked);
  return true;
unchecked:
  BOBBIN_AS_BEFORE
  return false;
}

inline void coroutine::return_for_good() noexcept {
  asm volatile(
      BOBBIN_CFI("remember_state")
      BOBBIN_CALLED_BY_RESUMER
      "movq  %c[resumer_fp](%%rdi), %%rbp\n\t"
      "movq  %c[resumer_pc](%%rdi), %%rax\n\t"
      "movq  %c[resumer_sp](%%rdi), %%rsp\n\t"
      BOBBIN_CFI("def_cfa rsp, 0") BOBBIN_CFI("restore rsp") BOBBIN_CFI("restore rbp") BOBBIN_CFI("register rip, rax")
      "xorl  %%edi, %%edi\n\t"                    // the null pointer that says: for good
      "jmp   *%%rax\n\t"
      BOBBIN_CFI("restore_state")
      :
      : "D"(this), BOBBIN_COROUTINE
      : "memory");
  __builtin_unreachable();
}

inline yielded coroutine::yield(coroutine* body, std::uintptr_t& word) noexcept {
  [[maybe_unused]] const std::uintptr_t word_before = word;
  asm volatile inline goto(
      "movq  %c[own](%%rdi), %%rax\n\t"
      "cmpq  %%rsp, %c[switched_at](%%rax)\n\t"
      "jne   %l[unchecked]\n\t"
      "movq  %%rbp, %c[body_fp](%%rdi)\n\t"
      "movq  $2f, %c[body_pc](%%rdi)\n\t"         // where a resume lands
      "movq  %c[resumer_fp](%%rdi), %%rbp\n\t"
      BOBBIN_CFI("remember_state")
      BOBBIN_CALLED_BY_RESUMER
      "movq  %c[resumer_sp](%%rdi), %%rsp\n\t"
      "jmp   *%c[resumer_pc](%%rdi)\n"
      BOBBIN_LANDING                              // of a stop, LANDING_STOP_BYTES before that of a resume
      BOBBIN_CFI("remember_state")
      ".byte 0xe9; .long %l[stopped] - . - 4\n"   // jmp, in 5 bytes whatever the distance
      "2:\n\t"
      BOBBIN_CALLED_BY_RESUMER
      BOBBIN_LANDING
      : "+S"(word)
      : "D"(body), [own] "i"(OWN_FOOT), BOBBIN_COROUTINE
      : BOBBIN_LOST_REGISTERS
      : unchecked, stopped);
  asm volatile("");
  return yielded::resumed;
stopped:
  asm volatile("");  // something of its own in each way out, or clang 14 tries forever to split what cannot be split
  return yielded::stopped;
unchecked:
  BOBBIN_WORD_AS_BEFORE
  return yielded::unchecked;
}

#undef BOBBIN_AS_BEFORE
#undef BOBBIN_WORD_AS_BEFORE
#undef BOBBIN_COROUTINE
#undef BOBBIN_LANDING
#undef BOBBIN_CALLED_BY_RESUMER

}  // namespace bobbin::arch
