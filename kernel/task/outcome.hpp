/// How a task ended: what `join` returns.
#pragma once

#include <cstdint>

namespace bobbin {

class outcome {
 public:
  enum class kind : std::uint32_t {
    returned,  ///< its function returned
    exited,    ///< it called this_task::exit
    stopped,   ///< its function returned after a stop was requested
    faulted,   ///< it ran out of stack, failed an assertion, misused an object, or the processor refused to go on
  };

  constexpr outcome() noexcept = default;
  static constexpr outcome returned(int status) noexcept { return {kind::returned, status}; }
  static constexpr outcome exited(int status) noexcept { return {kind::exited, status}; }
  static constexpr outcome stopped(int status) noexcept { return {kind::stopped, status}; }
  static constexpr outcome faulted(const char* cause, std::uintptr_t pc) noexcept {
    return {cause, pc};
  }

  /// True for a task that returned or exited with status 0.
  constexpr bool ok() const noexcept { return status() == 0 && how() <= kind::exited; }
  constexpr kind how() const noexcept { return cause_ ? kind::faulted : end_.how; }
  /// What the task's function returned (0 for void) or passed to exit; -1 for a fault.
  constexpr int status() const noexcept { return cause_ ? -1 : end_.status; }
  /// Of a fault: what happened, in words, and where. Otherwise "" and 0.
  constexpr const char* cause() const noexcept { return cause_ ? cause_ : ""; }
  constexpr std::uintptr_t pc() const noexcept { return cause_ ? pc_ : 0; }

 private:
  struct ending {
    int status;
    kind how;
  };

  constexpr outcome(kind how, int status) noexcept : end_{status, how} {}
  constexpr outcome(const char* cause, std::uintptr_t pc) noexcept : cause_{cause}, pc_{pc} {}

  // Two words, so that it is returned in registers.
  const char* cause_ = nullptr;  ///< null unless it is a fault
  union {
    ending end_{0, kind::returned};
    std::uintptr_t pc_;
  };
};

}  // namespace bobbin
