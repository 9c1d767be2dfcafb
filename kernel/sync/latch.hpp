/// std::latch: tasks wait until something has been counted down to zero, once.
#pragma once

#include <core/chrono.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <cstddef>

namespace bobbin {

class latch : wait_queue {
 public:
  constexpr explicit latch(std::ptrdiff_t expected, const char* name = nullptr) noexcept : wait_queue{"latch", name}, left_{expected} {}
  latch(const latch&) = delete;
  latch& operator=(const latch&) = delete;
  constexpr ~latch() {
    if (!empty()) [[unlikely]] refuse({"destroyed while tasks wait for it", "end these tasks first"}, *this);
  }

  /// At zero, all who wait go on, in the order in which they came. Handlers may call this.
  void count_down(std::ptrdiff_t update = 1) noexcept;

  bool try_wait() const noexcept { return left_ == 0; }

  /// False if the task was asked to stop.
  bool wait() noexcept { return wait_before(clock::never); }
  /// False if the time has passed as well.
  template <class Rep, class Period>
  bool wait_for(std::chrono::duration<Rep, Period> time) noexcept {
    return wait_before(deadline_after(time));
  }
  template <class Duration>
  bool wait_until(std::chrono::time_point<clock, Duration> when) noexcept {
    return wait_before(deadline_at(when));
  }
  bool arrive_and_wait(std::ptrdiff_t update = 1) noexcept {
    count_down(update);
    return wait();
  }

 private:
  bool wait_before(clock::time_point deadline) noexcept;

  std::ptrdiff_t left_;  ///< changed by tasks and handlers, with interrupts masked
};

}  // namespace bobbin
