/// Who is told of exceptions and interrupts.
#include "apic.hpp"
#include "causes.hpp"
#include "vectors.h"

#include <arch/clock.hpp>
#include <arch/cpu.hpp>
#include <arch/trap.hpp>

#include <cstdint>

namespace bobbin::isa {
namespace {

exception_state state_of_exception() noexcept {
  exception_state state{};
  asm volatile("movq %%cr2, %0" : "=r"(state.page_fault_address));
  asm volatile("stmxcsr %0" : "=m"(state.mxcsr));
  asm volatile("fnstcw %0" : "=m"(state.x87_control));
  asm volatile("fnstsw %0" : "=am"(state.x87_status));
  return state;
}

/// Whoever runs next finds the x87 unit empty and without a pending exception. The control words are not a fault's.
void reset_fp_state() noexcept {
  const auto words = arch::cpu::fp_control();
  asm volatile("fninit");
  arch::cpu::set_fp_control(words);
}

}  // namespace

/// Entered from trap_entries, on the trap stack: an exception. A double fault comes in on the fault stack: the processor
/// could not enter by another vector.
extern "C" void handle_trap(trap_frame& frame) noexcept {
  const exception_state state = state_of_exception();
  if (frame.vector == DOUBLE_FAULT_VECTOR) answer_double_fault(frame, state);
  answer_exception(frame, state);
  reset_fp_state();
}

/// The same for a fault of a handler, on the fault stack; or of the kernel's first steps, which are made there.
extern "C" [[noreturn]] void handle_trap_in_handler(const trap_frame& frame) noexcept {
  answer_exception_in_handler(frame, state_of_exception());
}

/// Entered from trap_entries, on the trap stack: an interrupt.
extern "C" void handle_interrupt(const trap_frame& frame) noexcept {
  if (frame.vector == SPURIOUS_VECTOR) return;  // nothing was taken, so there is nothing to end
  if (frame.vector == TIMER_VECTOR) {
    if (arch::clock::alarm_reached()) on_timer_interrupt({frame.rip, frame.rbp});
  } else {
    on_device_interrupt(frame.vector - FIRST_LINE_VECTOR);
  }
  local_apic::end_of_interrupt();
}

}  // namespace bobbin::isa
