/// What every generator keeps at the top of its stack, whatever its types.
#pragma once

#include <arch/context.hpp>
#include <core/source_location.hpp>
#include <task/stack.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace bobbin {

struct generator_record : stack_user {
  arch::stack_pointer other_side = nullptr;  ///< of body and resumer, the one that is suspended
  generator_record* outer = nullptr;         ///< while it runs: the generator that resumed it, if one did
  void* yielded = nullptr;                   ///< what the body's pending yield passed out
  void* passed_in = nullptr;                 ///< what resume passed in
  void (*drop_body)(generator_record&) = nullptr;  ///< destroys a closure that never ran
  void* pool = nullptr;                      ///< where its stack goes back to, if anywhere,
  void (*give_back)(void* pool, stack_view) = nullptr;  ///< and how
  const char* cause = nullptr;               ///< of the fault that ended it, and where that was
  std::uintptr_t pc = 0;
  source_location where{};              ///< its construction: its name in reports
  enum class state : std::uint8_t { fresh, suspended, running, finished, faulted, abandoned };
  enum state state = state::fresh;
  bool stopping = false;                     ///< it is being destroyed: yields return at once

  stack_view stack_memory() const noexcept {
    return std::span{reinterpret_cast<std::byte*>(floor - stack_reserve_bytes), span + stack_reserve_bytes};
  }

  /// Runs the body to its next yield or its end. It must be fresh or suspended.
  void resume() noexcept;

  /// Suspends the body that calls this, and goes on in its resumer. Returns false when the body should return.
  bool yield() noexcept;

  /// The body has ended as `how` says: goes on in the resumer for good.
  [[noreturn]] void finish(enum state how = state::finished) noexcept;

  /// Stops an unfinished body and gives the stack back. Afterwards the record is gone.
  void drop() noexcept;

};

/// Hook of the floors above, implemented in kernel/debug: reports a body that yielded again after it was stopped.
void on_ignored_stop(const generator_record&) noexcept;

}  // namespace bobbin
