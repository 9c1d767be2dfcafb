/// Waiting until a device is ready: has input, has room for output, has somebody at its other end.
///
///   constinit readiness input{"input"};
///
///   input.wait_until(deadline, [] { return take_a_byte(); });      // a task
///   input.announce();                                               // the handler of the device's interrupt
///
/// An announcement says that it is worth a look, no more: who has waited longest looks, and waits again if another task
/// has been faster. Who takes only a part of what is there announces the rest. While a task waits here, an interrupt is
/// expected, so that waiting for a device is no deadlock.
#pragma once

#include <task/this_task.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

namespace bobbin {

/// Whether the running task was asked to stop: then it asks for no more work, although there may be some. The others get
/// a turn, so that who ignores this does not keep them from running.
inline bool asked_to_stop() noexcept {
  if (!this_task::stop_requested()) [[likely]] return false;
  this_task::yield();
  return true;
}

class readiness : wait_queue {
 public:
  /// Told in reports: "input", or with a name "input of 127.0.0.1:4242". The name may come later.
  constexpr explicit readiness(const char* kind, const char* name = nullptr) noexcept : wait_queue{kind, name} {}
  readiness(const readiness&) = delete;
  readiness& operator=(const readiness&) = delete;

  void call(const char* new_name) noexcept { name = new_name; }

  /// Handlers may call both.
  void announce() noexcept {
    if (!empty()) wake_one();
  }
  void announce_to_all() noexcept { wake_all(); }

  /// Calls `take`, with interrupts masked, and again after each announcement, until it returns true: that is `ok`. Before
  /// the deadline only, and not if the task was asked to stop; but once in any case.
  template <class Take>
  wait_status wait_until(clock::time_point deadline, Take take) noexcept {
    for (;;) {
      mask_to_wait(*this);
      if (take()) {
        arch::interrupts::unmask();
        return wait_status::ok;
      }
      if (const wait_status how = wait_for_device(deadline); how != wait_status::ok) return how;
    }
  }

 private:
  wait_status wait_for_device(clock::time_point deadline) noexcept;
};

}  // namespace bobbin
