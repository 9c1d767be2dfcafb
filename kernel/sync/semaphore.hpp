/// std::counting_semaphore and binary_semaphore.
///
///   constinit counting_semaphore<8> places{8, "places"};
///
///   places.acquire();   ...   places.release();
///
/// A unit that is given while somebody waits goes to who has waited longest. Interrupt handlers may release. More units
/// than Max is a misuse.
#pragma once

#include <arch/counter.hpp>
#include <core/chrono.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <cstddef>
#include <cstdint>

namespace bobbin {

template <std::ptrdiff_t Max = INT32_MAX>
class counting_semaphore : arch::counter, wait_queue {
  static_assert(Max >= 0 && Max <= INT32_MAX);

 public:
  /// `desired` units to begin with; `name`, a literal, is told in reports.
  constexpr explicit counting_semaphore(std::ptrdiff_t desired, const char* name = nullptr) noexcept
      : units{static_cast<std::int32_t>(desired)}, wait_queue{Max == 1 ? "binary_semaphore" : "counting_semaphore", name} {}
  counting_semaphore(const counting_semaphore&) = delete;
  counting_semaphore& operator=(const counting_semaphore&) = delete;
  constexpr ~counting_semaphore() {
    if (!empty()) [[unlikely]] refuse({"destroyed while tasks wait for it", "end these tasks first"}, *this);
  }

  static constexpr std::ptrdiff_t max() noexcept { return Max; }

  /// Takes a unit, or waits for one. False, without a unit, if the task was asked to stop.
  [[gnu::always_inline]] bool acquire() noexcept { return arch::cpu::in_register(this)->take(); }

  [[gnu::always_inline]] bool try_acquire() noexcept {
    if (!units::positive()) return false;
    units::decrement();  // handlers only add in between
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
  using units = arch::counter;  ///< a base, as its address is best that of the semaphore; 0 while anybody waits

  [[gnu::always_inline]] bool take() noexcept {
    if (try_acquire()) return true;
    mask_to_wait(*this);
    if (take_masked()) return true;
    return arch::cpu::in_register(this)->template wait_masked_inline<wait_place>() == wait_status::ok;
  }

  [[gnu::always_inline]] void give() noexcept {
    if (!empty() && arch::cpu::in_register(this)->wake_one()) return;
    if (units::increment() >= Max) [[unlikely]] {
      units::decrement();
      refuse({"released more often than it has room for", "give back only what was taken"}, *this);
    }
  }

  /// Takes a unit that a handler has given between the look for one and the masking of interrupts.
  bool take_masked() noexcept {
    if (!try_acquire()) [[likely]] return false;
    arch::interrupts::unmask();
    return true;
  }

  bool acquire_before(clock::time_point deadline) noexcept {
    mask_to_wait(*this);
    if (take_masked()) return true;
    wait_place place;
    return wait_masked_until(*this, place, deadline) == wait_status::ok;
  }
};

using binary_semaphore = counting_semaphore<1>;

}  // namespace bobbin
