/// The switch between tasks: inline, and symmetric: any task to any other.
///
/// A suspended task is three words: where it goes on, its stack pointer, its frame pointer. The inline assembly says that
/// all other registers are lost, so the compiler saves what is live where a task switches, and only that; a function that
/// switches on behalf of its callers saves for them what every function does. arch/<isa>/isa/continuation.hpp has the
/// instructions; docs/switch.md says what each is for.
///
/// FP registers that a call keeps (riscv64) are not lost to the compiler: who has any in use switches by
/// `hand_over_with_fp`, which saves them.
#pragma once

#include <core/call_site.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace bobbin::arch {

/// What a task begins with. Must not return.
using task_entry = void (*)(void* argument);

extern "C" void enter_first_frame();  // arch/<isa>/context.S
extern "C" void yield_out_of_line();  // the same

/// What a switch leaves of a task.
struct suspended_task {
  std::uintptr_t pc = 0;  ///< where it goes on
  std::uintptr_t sp = 0;
  std::uintptr_t fp = 0;  ///< until the first switch to it: what to run

  /// Makes a task that has not run yet: the first switch to it calls `entry(top)` on the stack below `top`, which is
  /// aligned to 16, with a return address that ends backtraces.
  void begin_with(std::byte* top, task_entry entry) noexcept {
    pc = reinterpret_cast<std::uintptr_t>(enter_first_frame);
    sp = reinterpret_cast<std::uintptr_t>(top);
    fp = reinterpret_cast<std::uintptr_t>(entry);
  }

  /// Where it goes on.
  call_site suspended_at() const noexcept {
    return pc == reinterpret_cast<std::uintptr_t>(enter_first_frame) ? call_site{fp, 0} : call_site{pc, fp};
  }
};

template <class Continuation>
concept task_switch = std::derived_from<Continuation, suspended_task> && requires(Continuation& from, Continuation& to) {
  /// Suspends the caller as `from` and goes on in `to`. Returns when somebody else goes on in `from`.
  { Continuation::hand_over(from, to) } noexcept;
  /// The same for a caller with FP registers in use.
  { Continuation::hand_over_with_fp(from, to) } noexcept;
  /// Whether the caller has any.
  { Continuation::has_fp() } noexcept -> std::same_as<bool>;
  /// Goes on in `to` for good: the caller is never entered again.
  { Continuation::leave_for(to) } noexcept;
  /// The same for a caller without FP registers in use, who may have said where it goes on itself.
  { Continuation::enter(to) } noexcept;
  /// Jumps to the scheduler's `yield_from(pc, sp, fp)`, told where the caller goes on: a call with no return expected.
  /// On x86_64 that has a stack pointer which is a multiple of 8, as that of the caller is.
  { Continuation::yield_out_of_line() } noexcept;
  /// Bytes of stack below its caller's for the frames of a switch that is out of the ordinary.
  { Continuation::careful_bytes } -> std::convertible_to<std::size_t>;
};

}  // namespace bobbin::arch

#include <isa/continuation.hpp>

namespace bobbin::arch {
static_assert(task_switch<continuation>);
}  // namespace bobbin::arch
