/// Something that happens once, until it is reset: who waits goes on when it has, who comes later does not wait.
///
///   constinit event ready{"ready"};
///
/// Interrupt handlers may set it. Where only a handler will, who waits says so by an interrupt_expected, or the kernel
/// takes a machine on which all others wait as well for deadlocked.
#pragma once

#include <core/chrono.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

namespace bobbin {

class event : wait_queue {
 public:
  constexpr explicit event(const char* name = nullptr) noexcept : wait_queue{"event", name} {}
  event(const event&) = delete;
  event& operator=(const event&) = delete;
  constexpr ~event() {
    if (!empty()) [[unlikely]] refuse({"destroyed while tasks wait for it", "end these tasks first"}, *this);
  }

  bool is_set() const noexcept { return set_; }

  /// It has happened: all who wait go on, in the order in which they came. Handlers may call this.
  void set() noexcept {
    set_ = true;
    if (!empty()) end_all(wait_status::ok);
  }

  /// It has not happened yet, for those who come from now on.
  void reset() noexcept { set_ = false; }

  /// Waits until it has happened. False if the task was asked to stop.
  bool wait() noexcept { return is_set() || wait_before(clock::never); }

  /// False if the time has passed as well.
  template <class Rep, class Period>
  bool wait_for(std::chrono::duration<Rep, Period> time) noexcept {
    return is_set() || wait_before(deadline_after(time));
  }
  template <class Duration>
  bool wait_until(std::chrono::time_point<clock, Duration> when) noexcept {
    return is_set() || wait_before(deadline_at(when));
  }

 private:
  friend class event_case;
  bool wait_before(clock::time_point deadline) noexcept;

  volatile bool set_ = false;  ///< written by tasks and handlers
};

}  // namespace bobbin
