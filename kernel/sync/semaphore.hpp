/// std::counting_semaphore and binary_semaphore.
///
///   constinit counting_semaphore<8> places{8, "places"};
///
///   places.acquire();   ...   places.release();
///
/// A unit that is given while somebody waits goes to who has waited longest. Interrupt handlers may release. More units
/// than Max is a misuse.
#pragma once

#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bobbin {

template <std::ptrdiff_t Max = INT32_MAX>
class counting_semaphore : waitable {
  static_assert(Max >= 0 && Max <= INT32_MAX);

 public:
  /// `desired` units to begin with; `name`, a literal, is told in reports.
  constexpr explicit counting_semaphore(std::ptrdiff_t desired, const char* name = nullptr) noexcept
      : waitable{Max == 1 ? "binary_semaphore" : "counting_semaphore", name}, units_{static_cast<std::int32_t>(desired)} {}
  counting_semaphore(const counting_semaphore&) = delete;
  counting_semaphore& operator=(const counting_semaphore&) = delete;
  constexpr ~counting_semaphore() {
    if (!waiters_.empty()) [[unlikely]] refuse({"destroyed while tasks wait for it", "end these tasks first"}, *this);
  }

  static constexpr std::ptrdiff_t max() noexcept { return Max; }

  /// Takes a unit, or waits for one. False, without a unit, if the task was asked to stop.
  [[gnu::always_inline]] bool acquire() noexcept { return arch::cpu::in_register(this)->take(); }

  [[gnu::always_inline]] bool try_acquire() noexcept {
    if (units_.load(std::memory_order_relaxed) <= 0) return false;
    units_.fetch_sub(1, std::memory_order_relaxed);  // handlers only add in between
    return true;
  }

  /// False if the time has passed, or the task was asked to stop.
  template <class Rep, class Period>
  bool try_acquire_for(std::chrono::duration<Rep, Period> time) noexcept {
    return try_acquire() || acquire_before(deadline_after(time));
  }
  template <class Duration>
  bool try_acquire_until(std::chrono::time_point<clock, Duration> when) noexcept {
    return try_acquire() || acquire_before(deadline_at(when));
  }

  /// Gives a unit. Handlers may call this.
  [[gnu::always_inline]] void release() noexcept { arch::cpu::in_register(this)->give(); }
  void release(std::ptrdiff_t update) noexcept {
    for (; update > 0; --update) release();
  }

 private:
  [[gnu::always_inline]] bool take() noexcept {
    if (try_acquire()) return true;
    mask_to_wait(*this);
    if (take_masked()) return true;
    return waiters_.wait_masked_inline<wait_place>(static_cast<const waitable&>(*this)) == wait_status::ok;
  }

  [[gnu::always_inline]] void give() noexcept {
    if (!waiters_.empty() && waiters_.wake_one()) return;
    if (units_.fetch_add(1, std::memory_order_relaxed) >= Max) [[unlikely]] {
      units_.fetch_sub(1, std::memory_order_relaxed);
      refuse({"released more often than it has room for", "give back only what was taken"}, *this);
    }
  }

  /// The same as try_acquire, between the masking of interrupts and a wait.
  bool take_masked() noexcept {
    if (!try_acquire()) [[likely]] return false;
    arch::interrupts::unmask();
    return true;
  }

  bool acquire_before(clock::time_point deadline) noexcept {
    mask_to_wait(*this);
    if (take_masked()) return true;
    wait_place place{*this};
    return wait_masked_until(waiters_, place, deadline) == wait_status::ok;
  }

  std::atomic<std::int32_t> units_;  ///< taken by tasks, given by tasks and handlers; 0 while anybody waits
  wait_queue waiters_;
};

using binary_semaphore = counting_semaphore<1>;

}  // namespace bobbin
