/// What a trap was, in words, and who is told.
#include "plic.hpp"

#include <arch/early_panic.hpp>
#include <arch/interrupts.hpp>
#include <arch/trap.hpp>
#include <isa/frame.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace bobbin::isa {

extern constinit plic interrupt_controller;      // machine.cpp
extern "C" void raise_fault_instruction();       // trap.S

namespace {

/// As trap.S leaves it at the top of the trap stack, and takes it back.
struct trap_frame {
  std::uintptr_t pc, ra, sp, gp, tp, t0_to_t2[3], s0, s1, a0_to_a7[8], s2_to_s11[10], t3_to_t6[4], status, padding;
};

static_assert(offsetof(trap_frame, pc) == TRAP_PC);
static_assert(offsetof(trap_frame, ra) == TRAP_RA);
static_assert(offsetof(trap_frame, sp) == TRAP_SP);
static_assert(offsetof(trap_frame, s0) == TRAP_S0);
static_assert(offsetof(trap_frame, a0_to_a7) == TRAP_A0);
static_assert(offsetof(trap_frame, t3_to_t6) == TRAP_T3);
static_assert(offsetof(trap_frame, status) == TRAP_STATUS);
static_assert(sizeof(trap_frame) == TRAP_FRAME_BYTES);

constexpr std::uintptr_t interrupt = std::uintptr_t{1} << 63;
constexpr std::uintptr_t timer_interrupt = interrupt | 5;
constexpr std::uintptr_t external_interrupt = interrupt | 9;
constexpr std::uintptr_t illegal_instruction = 2;

/// One row of the table of exception codes in the privileged architecture manual, section 4.1.8.
struct exception {
  const char* cause;
  bool has_address = false;  ///< stval holds what was accessed
  bool misaligned = false;
};

constexpr std::array<exception, 16> exceptions{{
    {"misaligned jump to", true, true},
    {"jump to", true},
    {"illegal instruction"},
    {"breakpoint"},
    {"misaligned read from", true, true},
    {"read from", true},
    {"misaligned write to", true, true},
    {"write to", true},
    {"call from user mode"},
    {"call from supervisor mode"},
    {"reserved exception"},
    {"call from machine mode"},
    {"jump to", true},
    {"read from", true},
    {"reserved exception"},
    {"write to", true},
}};

constexpr exception describe(std::uintptr_t cause) noexcept {
  if (cause & interrupt) return {"unexpected interrupt"};
  return cause < exceptions.size() ? exceptions[cause] : exception{"unknown exception"};
}

constexpr std::size_t register_count = 31;

/// The registers by their names in the psABI, in the order of the frame.
std::array<register_value, register_count> registers_of(const trap_frame& frame) noexcept {
  constexpr std::array<const char*, register_count> names{
      "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2",  "a3",  "a4", "a5", "a6",
      "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  std::array<register_value, register_count> all;
  const std::uintptr_t* value = &frame.ra;
  for (std::size_t i = 0; i < register_count; ++i) all[i] = {names[i], value[i]};
  return all;
}

trap_info tell(const trap_frame& frame, std::uintptr_t cause, std::uintptr_t value,
               const std::array<register_value, register_count>& registers) noexcept {
  const exception what = describe(cause);
  trap_info trap{.cause = what.cause,
                 .code = cause,
                 .pc = frame.pc,
                 .address = what.has_address ? value : 0,
                 .has_address = what.has_address,
                 .misaligned = what.misaligned,
                 .return_address = frame.ra,
                 .stack_pointer = frame.sp,
                 .frame_pointer = frame.s0,
                 .registers = registers};
  if (cause == illegal_instruction && frame.pc == reinterpret_cast<std::uintptr_t>(raise_fault_instruction)) {
    trap.raised = reinterpret_cast<const software_fault*>(frame.a0_to_a7[0]);
    trap.pc = frame.ra;
  }
  return trap;
}

void serve_devices() noexcept {
  while (const unsigned line = interrupt_controller.claim()) {
    on_device_interrupt(line);
    interrupt_controller.complete(line);
  }
}

/// Makes the return from the trap a call of `next`, with interrupts enabled.
void go_on_at(trap_frame& frame, const resumption& next) noexcept {
  constexpr std::uintptr_t enabled_before = 1 << 5;  // sstatus.SPIE
  frame.pc = reinterpret_cast<std::uintptr_t>(next.function);
  frame.ra = 0;
  frame.s0 = 0;
  frame.sp = reinterpret_cast<std::uintptr_t>(next.stack_top);
  frame.status |= enabled_before;
}

}  // namespace

/// Entered from trap_entry, on the trap stack.
extern "C" void handle_trap(trap_frame& frame, std::uintptr_t cause, std::uintptr_t value) noexcept {
  switch (cause) {
    case timer_interrupt: return on_timer_interrupt({frame.pc, frame.s0});
    case external_interrupt: return serve_devices();
    default: go_on_at(frame, on_fault(tell(frame, cause, value, registers_of(frame))));
  }
}

/// The same for a fault of a handler: on the fault stack.
extern "C" [[noreturn]] void handle_trap_in_handler(const trap_frame& frame, std::uintptr_t cause,
                                                    std::uintptr_t value) noexcept {
  on_fault_in_handler(tell(frame, cause, value, registers_of(frame)));
}

/// Entered from panic_in_trap: there is no kernel that could report.
extern "C" [[noreturn]] void report_last_trap(const char* when) noexcept {
  std::uintptr_t cause, pc, value;
  asm volatile("csrr %0, scause" : "=r"(cause));
  asm volatile("csrr %0, sepc" : "=r"(pc));
  asm volatile("csrr %0, stval" : "=r"(value));
  arch::early_panic("{} {:#x} {}: scause {:#x}, pc {:#x}", describe(cause).cause, value, when, cause, pc);
}

}  // namespace bobbin::isa
