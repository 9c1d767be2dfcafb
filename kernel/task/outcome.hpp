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

  constexpr outcome() noexcept : outcome{nullptr, 0} {}
  /// Holds anything until it is assigned to.
  struct unknown {};
  explicit outcome(unknown) noexcept {}
  static constexpr outcome returned(int status) noexcept { return {nullptr, number(status)}; }
  static constexpr outcome exited(int status) noexcept { return {exited_mark, number(status)}; }
  static constexpr outcome stopped(int status) noexcept { return {stopped_mark, number(status)}; }
  static constexpr outcome faulted(const char* cause, std::uintptr_t pc) noexcept { return {cause, pc}; }

  /// True for a task that returned or exited with status 0.
  constexpr bool ok() const noexcept { return status() == 0 && how() <= kind::exited; }
  constexpr kind how() const noexcept {
    return cause_ == nullptr        ? kind::returned
           : cause_ == exited_mark  ? kind::exited
           : cause_ == stopped_mark ? kind::stopped
                                    : kind::faulted;
  }
  /// What the task's function returned (0 for void) or passed to exit; -1 for a fault.
  constexpr int status() const noexcept { return has_faulted() ? -1 : static_cast<int>(detail_); }
  /// Of a fault: what happened, in words, and where. Otherwise "" and 0.
  constexpr const char* cause() const noexcept { return has_faulted() ? cause_ : ""; }
  constexpr std::uintptr_t pc() const noexcept { return has_faulted() ? detail_ : 0; }

 private:
  static constexpr char exited_mark[] = "exited", stopped_mark[] = "stopped";

  constexpr outcome(const char* cause, std::uintptr_t detail) noexcept : cause_{cause}, detail_{detail} {}
  static constexpr std::uintptr_t number(int status) noexcept { return static_cast<std::uintptr_t>(status); }
  constexpr bool has_faulted() const noexcept { return how() == kind::faulted; }

  // Two words, so that it is returned in registers, and stored by two instructions.
  const char* cause_;      ///< null if it returned; one of the marks; otherwise why it faulted
  std::uintptr_t detail_;  ///< the status; of a fault, where
};

}  // namespace bobbin
