/// Faults and interrupts, told in portable words. arch/<isa>/trap.cpp says them; kernel/debug, time and io listen.
///
/// Whatever ends a task comes this way: an exception of the processor, and everything that software finds wrong (a
/// failed assertion, a misuse, a stack without room), which raises an exception on purpose. So every report is made on
/// the hart's trap stack, with the registers and the call chain of what was interrupted.
#pragma once

#include <core/call_site.hpp>
#include <core/source_location.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace bobbin {

/// What software found wrong.
struct software_fault {
  const char* cause;     ///< "assertion failed", "stack exhausted", "misuse"
  const char* who = "";  ///< the object it is about, or ""
  const char* what = "";  ///< the expression, or what was done
  const char* remedy = "";  ///< what to do about it
  source_location where{};  ///< of an assertion
  source_location made{};   ///< where the object was constructed
  call_site from{};  ///< who called the function that noticed; zero: that one itself
};

struct register_value {
  const char* name;
  std::uintptr_t value;
};

/// A processor exception.
struct trap_info {
  const char* cause;              ///< "write to", "illegal instruction", ...: followed by the address if there is one
  std::uintptr_t code = 0;        ///< the architecture's number: scause, or the vector
  std::uintptr_t pc = 0;
  std::uintptr_t address = 0;
  bool has_address = false;
  bool misaligned = false;            ///< what is wrong with the address is its alignment
  std::uintptr_t return_address = 0;  ///< of the function that was interrupted, if it had just been entered
  std::uintptr_t stack_pointer = 0;
  std::uintptr_t frame_pointer = 0;
  const software_fault* raised = nullptr;  ///< what `raise_fault` was called with, if it was
  std::span<const register_value> registers{};
};

/// Where a hart goes on after a fault: in `function`, which does not return, on a stack that nobody needs any more.
struct resumption {
  void (*function)() noexcept;
  std::byte* stack_top;
};

/// Hooks, called on the trap stack with interrupts masked. The first two are kernel/debug's.
resumption on_fault(const trap_info&) noexcept;
[[noreturn]] void on_fault_in_handler(const trap_info&) noexcept;
void on_timer_interrupt(call_site interrupted) noexcept;  ///< kernel/time: the alarm of arch::clock went off
void on_device_interrupt(unsigned line) noexcept;         ///< kernel/io

}  // namespace bobbin
