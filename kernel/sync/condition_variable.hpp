/// std::condition_variable: tasks that wait until others have changed something which a mutex guards.
///
///   unique_lock lock{door};
///   changed.wait(lock, [] { return !letters.empty(); });
///
/// Who is notified does not run to find the mutex locked: it waits for the mutex at once, behind those who do already.
/// So there are no needless wake-ups, but a request to stop ends a wait: look at what wait returns, or at the predicate.
#pragma once

#include <core/chrono.hpp>
#include <sync/lock.hpp>
#include <sync/mutex.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <cstdint>

namespace bobbin {

enum class cv_status : std::uint8_t { no_timeout, timeout, stopped };

class condition_variable : wait_queue {
 public:
  constexpr explicit condition_variable(const char* name = nullptr) noexcept : wait_queue{"condition_variable", name} {}
  condition_variable(const condition_variable&) = delete;
  condition_variable& operator=(const condition_variable&) = delete;
  constexpr ~condition_variable() {
    if (!empty()) [[unlikely]] refuse({"destroyed while tasks wait for it", "end these tasks first"}, *this);
  }

  /// Tasks only: a handler cannot know whether the mutex is free.
  void notify_one() noexcept { notify(1); }
  void notify_all() noexcept { notify(UINT32_MAX); }

  /// Unlocks, waits to be notified, and locks again whatever happened. False if the task was asked to stop.
  bool wait(unique_lock<mutex>& lock) noexcept { return wait_before(lock, clock::never) == cv_status::no_timeout; }
  template <class Rep, class Period>
  cv_status wait_for(unique_lock<mutex>& lock, std::chrono::duration<Rep, Period> time) noexcept {
    return wait_before(lock, deadline_after(time));
  }
  template <class Duration>
  cv_status wait_until(unique_lock<mutex>& lock, std::chrono::time_point<clock, Duration> when) noexcept {
    return wait_before(lock, deadline_at(when));
  }

  /// The same until `good()`, and what that says in the end: false if the task was asked to stop, or the time has passed.
  template <class Predicate>
  bool wait(unique_lock<mutex>& lock, Predicate good) {
    return wait_before(lock, clock::never, good);
  }
  template <class Rep, class Period, class Predicate>
  bool wait_for(unique_lock<mutex>& lock, std::chrono::duration<Rep, Period> time, Predicate good) {
    return wait_before(lock, deadline_after(time), good);
  }
  template <class Duration, class Predicate>
  bool wait_until(unique_lock<mutex>& lock, std::chrono::time_point<clock, Duration> when, Predicate good) {
    return wait_before(lock, deadline_at(when), good);
  }

 private:
  struct place : wait_place {
    explicit place(mutex& locked) noexcept : locked{locked} {}
    mutex& locked;
  };

  void notify(std::uint32_t at_most) noexcept;
  cv_status wait_before(unique_lock<mutex>& lock, clock::time_point deadline) noexcept;

  template <class Predicate>
  bool wait_before(unique_lock<mutex>& lock, clock::time_point deadline, Predicate& good) {
    while (!good())
      if (wait_before(lock, deadline) != cv_status::no_timeout) return good();
    return true;
  }
};

}  // namespace bobbin
