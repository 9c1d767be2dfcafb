/// The inline switch on riscv64.
///
///   resumer                                      body
///     ld    a3, switched_at(foot)                  [landing]
///     bne   a3, sp, unchecked                      sd    sp, s0, ra -> resumer_sp, _fp, _pc
///     sd    body, inside(foot)                     sd    zero, body_pc
///     ld    t1, body_pc                            ld    s0, sp <- body_fp, body_sp
///     jalr  ra, LANDING(t1)   ---------------->    ...
///                                                  ld    a3, switched_at(foot)
///                                                  bne   a3, sp, unchecked
///                                                  sd    s0, pc -> body_fp, body_pc
///                                                  ld    s0, ra, sp <- resumer_fp, _pc, _sp
///     (after the call)        <----------------    ret
///
/// The jump goes through t1: x5 (t0) is an alternate link register, and a jump through it would pop the return stack of
/// the branch predictor (RISC-V ISA manual, 2.5.1). body_pc is where the instruction that noted it stands, so one `auipc`
/// makes it; the landing is LANDING bytes further on. resumer_fp and resumer_pc are a frame record, which ends where the
/// frame pointer of the body's outermost frame points: chains of calls go on in the resumer.
#pragma once

#include <isa/frame.h>
#include <isa/inline_switch.h>

namespace bobbin::arch {

extern "C" void enter_coroutine();                        // coroutine.S

struct coroutine {
  stack_foot* resumer = nullptr;        ///< of the stack that resumed last, for the quick check
  std::uintptr_t body_fp;               ///< of the body while it is suspended; what to run, before it begins
  std::uintptr_t body_pc;               ///< where its yield jumped from, LANDING bytes before where it goes on; 0 while it runs
  std::uintptr_t resumer_sp, resumer_fp, resumer_pc;  ///< of the resumer while it runs

  static constexpr std::size_t own_foot = OWN_FOOT, body_sp = BODY_SP;  ///< where its stack_user has them
  static constexpr std::uintptr_t leaving_bytes = LEAVING_BYTES;  ///< s0 goes that far before body_pc

  void begin_with(void (*run)(coroutine*, std::uintptr_t)) noexcept {
    body_fp = reinterpret_cast<std::uintptr_t>(run);
    body_pc = reinterpret_cast<std::uintptr_t>(enter_coroutine) - LANDING;
  }

  [[gnu::always_inline]] static bool resume(coroutine*& body, std::uintptr_t& word) noexcept;
  [[gnu::always_inline]] static yielded yield(coroutine* body, std::uintptr_t& word) noexcept;
  [[noreturn, gnu::always_inline]] void return_for_good() noexcept;
  void stop_at_resume() noexcept { body_pc -= LANDING; }

  bool fresh() const noexcept { return body_pc == reinterpret_cast<std::uintptr_t>(enter_coroutine) - LANDING; }
  bool suspended() const noexcept { return body_pc != 0; }
  call_site suspended_at() const noexcept { return fresh() ? call_site{body_fp, 0} : call_site{body_pc + LANDING, body_fp}; }
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

/// The caller of this place is the resumer. Its sp, s0 and ra are in place, or in the last words of the coroutine; the
/// others are lost.
#define BOBBIN_CALLED_BY_RESUMER                                                                                       \
  BOBBIN_CFI("def_cfa sp, 0") BOBBIN_CFI("restore sp") BOBBIN_CFI("same_value s0") BOBBIN_CFI("same_value ra")         \
  BOBBIN_CFI("undefined s1") BOBBIN_CFI("undefined s2") BOBBIN_CFI("undefined s3") BOBBIN_CFI("undefined s4")          \
  BOBBIN_CFI("undefined s5") BOBBIN_CFI("undefined s6") BOBBIN_CFI("undefined s7") BOBBIN_CFI("undefined s8")          \
  BOBBIN_CFI("undefined s9") BOBBIN_CFI("undefined s10") BOBBIN_CFI("undefined s11")
#define BOBBIN_RESUMER_IN_COROUTINE                                                                                    \
  BOBBIN_CFI("def_cfa a0, %[bytes]") BOBBIN_CFI("offset sp, %[resumer_sp] - %[bytes]")                                 \
  BOBBIN_CFI("offset s0, %[resumer_fp] - %[bytes]") BOBBIN_CFI("offset ra, %[resumer_pc] - %[bytes]")
#define BOBBIN_RESUMER                                                                                                 \
  [resumer_sp] "i"(RESUMER_SP), [resumer_fp] "i"(RESUMER_FP), [resumer_pc] "i"(RESUMER_PC), [bytes] "i"(COROUTINE_BYTES)

/// From the body's stack to the resumer's; `restore_state` ends it.
#define BOBBIN_TAKE_OFF                                                                                                \
  BOBBIN_CFI("remember_state")                                                                                         \
  BOBBIN_CALLED_BY_RESUMER BOBBIN_RESUMER_IN_COROUTINE                                                                 \
  "ld    s0, %[resumer_fp](a0)\n\t"                                                                                    \
  "ld    ra, %[resumer_pc](a0)\n\t"                                                                                    \
  "ld    sp, %[resumer_sp](a0)\n\t"                                                                                    \
  BOBBIN_CALLED_BY_RESUMER

/// From the resumer's stack to the body's.
#define BOBBIN_LANDING                                                                                                 \
  "sd    sp, %[resumer_sp](a0)\n\t"                                                                                    \
  "sd    s0, %[resumer_fp](a0)\n\t"                                                                                    \
  "sd    ra, %[resumer_pc](a0)\n\t"                                                                                    \
  BOBBIN_RESUMER_IN_COROUTINE                                                                                          \
  "sd    zero, %[body_pc](a0)\n\t"                             /* it runs */                                          \
  "ld    s0, %[body_fp](a0)\n\t"                                                                                       \
  "ld    sp, %[body_sp](a0)\n\t"                                                                                       \
  BOBBIN_CFI("restore_state")

/// What a jump out of the assembly leaves in the operands: before version 16, clang says nothing of that.
#if defined(__clang__) && __clang_major__ < 16
#define BOBBIN_AS_BEFORE body = body_before, word = word_before;
#define BOBBIN_WORD_AS_BEFORE word = word_before;
#else
#define BOBBIN_AS_BEFORE body = a0, word = a1;
#define BOBBIN_WORD_AS_BEFORE word = a1;
#endif

inline bool coroutine::resume(coroutine*& body, std::uintptr_t& word) noexcept {
  [[maybe_unused]] coroutine* const body_before = body;
  [[maybe_unused]] const std::uintptr_t word_before = word;
  register coroutine* a0 asm("a0") = body;
  register std::uintptr_t a1 asm("a1") = word;
  asm volatile goto(
      "ld    a2, %[resumer](a0)\n\t"
      "ld    a3, %[switched_at](a2)\n\t"
      "bne   a3, sp, %l[unchecked]\n\t"
      "sd    a0, %[inside](a2)\n\t"
      "ld    t1, %[body_pc](a0)\n\t"
      "jalr  ra, %[landing](t1)\n\t"              // to the landing in a yield, or enter_coroutine
      "sd    t1, %[body_pc](a0)"                  // the yield's jump has left its own place in t1
      : "+r"(a0), "+r"(a1)
      : [resumer] "i"(RESUMER_FOOT), [switched_at] "i"(FOOT_SWITCHED_AT), [inside] "i"(FOOT_INSIDE), [body_pc] "i"(BODY_PC), [landing] "i"(LANDING)
      : BOBBIN_LOST_REGISTERS, BOBBIN_FP_REGISTERS
      : unchecked);
  body = a0;
  word = a1;
  return true;
unchecked:
  BOBBIN_AS_BEFORE
  return false;
}

inline void coroutine::return_for_good() noexcept {
  register coroutine* a0 asm("a0") = this;
  asm volatile(
      BOBBIN_TAKE_OFF
      "li    a0, 0\n\t"                           // the null pointer that says: for good
      "jr    4(ra)\n\t"                           // past what notes where a body goes on
      BOBBIN_CFI("restore_state")
      :
      : "r"(a0), BOBBIN_RESUMER
      : "memory");
  __builtin_unreachable();
}

inline yielded coroutine::yield(coroutine* body, std::uintptr_t& word) noexcept {
  [[maybe_unused]] const std::uintptr_t word_before = word;
  register coroutine* a0 asm("a0") = body;
  register std::uintptr_t a1 asm("a1") = word;
  asm volatile inline goto(
      "ld    a2, %[own](a0)\n\t"
      "ld    a3, %[switched_at](a2)\n\t"
      "bne   a3, sp, %l[unchecked]\n\t"
      ".option push\n\t"
      ".option norvc\n\t"                         // so that LANDING is what it is
      ".option norelax\n\t"
      "sd    s0, %[body_fp](a0)\n\t"
      BOBBIN_TAKE_OFF
      "jalr  t1, 0(ra)\n\t"                       // a return from the resumer's call, with this place in t1
      // A stop lands here, where the jump was made, with a0 = body; ra, sp and s0 are the resumer's.
      BOBBIN_LANDING
      BOBBIN_CFI("remember_state")
      "j     %l[stopped]\n\t"
      BOBBIN_CALLED_BY_RESUMER
      // And a resume here, LANDING bytes further on.
      BOBBIN_LANDING
      ".option pop"
      : "+r"(a1)
      : "r"(a0), [own] "i"(OWN_FOOT), [switched_at] "i"(FOOT_SWITCHED_AT), [body_sp] "i"(BODY_SP), [body_fp] "i"(BODY_FP), [body_pc] "i"(BODY_PC),
        BOBBIN_RESUMER
      : BOBBIN_LOST_REGISTERS, BOBBIN_FP_REGISTERS
      : unchecked, stopped);
  word = a1;
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
#undef BOBBIN_LANDING
#undef BOBBIN_TAKE_OFF
#undef BOBBIN_RESUMER
#undef BOBBIN_CALLED_BY_RESUMER
#undef BOBBIN_RESUMER_IN_COROUTINE

}  // namespace bobbin::arch
