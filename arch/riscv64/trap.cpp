/// What a trap was, in words.
#include <arch/early_panic.hpp>
#include <core/trap.hpp>
#include <isa/frame.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace bobbin::isa {

namespace {

/// As trap.S leaves it at the top of the trap stack.
struct trap_frame {
  std::uintptr_t pc, ra, sp, gp, tp, t0_to_t2[3], s0, s1, a0_to_a7[8], s2_to_s11[10], t3_to_t6[4], status, padding;
};

static_assert(offsetof(trap_frame, pc) == TRAP_PC);
static_assert(offsetof(trap_frame, ra) == TRAP_RA);
static_assert(offsetof(trap_frame, sp) == TRAP_SP);
static_assert(offsetof(trap_frame, s0) == TRAP_S0);
static_assert(offsetof(trap_frame, t3_to_t6) == TRAP_T3);
static_assert(offsetof(trap_frame, status) == TRAP_STATUS);
static_assert(sizeof(trap_frame) == TRAP_FRAME_BYTES);

/// One row of the table of exception codes in the privileged architecture manual, section 4.1.8.
struct exception {
  const char* cause;
  bool has_address = false;  ///< stval holds what was accessed
};

constexpr std::array<exception, 16> exceptions{{
    {"jump to a misaligned address", true},
    {"jump to where there is no code", true},
    {"illegal instruction"},
    {"breakpoint"},
    {"misaligned load", true},
    {"load from where there is no memory", true},
    {"misaligned store", true},
    {"store to where there is no memory", true},
    {"call from user mode"},
    {"call from supervisor mode"},
    {"reserved exception"},
    {"call from machine mode"},
    {"jump to an unmapped page", true},
    {"load from an unmapped page", true},
    {"reserved exception"},
    {"store to an unmapped page", true},
}};

constexpr exception describe(std::uintptr_t cause) noexcept {
  constexpr std::uintptr_t interrupt = std::uintptr_t{1} << 63;
  if (cause & interrupt) return {"unexpected interrupt"};
  return cause < exceptions.size() ? exceptions[cause] : exception{"unknown exception"};
}

}  // namespace

/// Entered from trap_entry, on the trap stack.
extern "C" [[noreturn]] void handle_trap(const trap_frame& frame, std::uintptr_t cause, std::uintptr_t value) noexcept {
  const exception what = describe(cause);
  on_trap({.cause = what.cause,
           .code = cause,
           .pc = frame.pc,
           .address = what.has_address ? value : 0,
           .stack_pointer = frame.sp,
           .frame_pointer = frame.s0});
}

/// Entered from panic_in_trap: there is no kernel that could report.
extern "C" [[noreturn]] void report_last_trap(const char* when) noexcept {
  std::uintptr_t cause, pc, value;
  asm volatile("csrr %0, scause" : "=r"(cause));
  asm volatile("csrr %0, sepc" : "=r"(pc));
  asm volatile("csrr %0, stval" : "=r"(value));
  arch::early_panic("{} {}: scause {:#x}, pc {:#x}, address {:#x}", describe(cause).cause, when, cause, pc, value);
}

}  // namespace bobbin::isa
