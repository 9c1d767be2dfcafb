/// std::mutex and its like, whose owner is known.
///
///   constinit mutex fork{"fork"};
///
///   const lock_guard guard{fork};
///
/// Who unlocks gives the mutex to who has waited longest. Locking what one has, unlocking what one does not have, and
/// destroying what is held or waited for are misuses. A task that ends while it holds a mutex is reported, and who waits
/// next gets it.
#pragma once

#include <core/chrono.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <cstdint>

namespace bobbin {

class mutex : holdable {
 public:
  /// `name`, a literal, is told in reports.
  constexpr explicit mutex(const char* name = nullptr) noexcept : mutex{"mutex", name} {}
  constexpr ~mutex() {
    if (holder != nullptr) [[unlikely]] refuse({"destroyed while it is held", "unlock it first"}, *this);
  }

  /// Waits for as long as it takes: a request to stop does not end it.
  [[gnu::always_inline]] void lock() noexcept {
    if (!try_lock()) [[unlikely]] lock_slowly();
  }

  [[gnu::always_inline]] bool try_lock() noexcept {
    if (holder != nullptr) [[unlikely]] return false;
    become_of(*this_hart().current);
    return true;
  }

  /// False if the time has passed, or the task was asked to stop.
  template <class Rep, class Period>
  bool try_lock_for(std::chrono::duration<Rep, Period> time) noexcept {
    return try_lock() || lock_before(deadline_after(time));
  }
  template <class Duration>
  bool try_lock_until(std::chrono::time_point<clock, Duration> when) noexcept {
    return try_lock() || lock_before(deadline_at(when));
  }

  [[gnu::always_inline]] void unlock() noexcept {
    control_block& self = *this_hart().current;
    if (self.held != this) [[unlikely]] return unlock_carefully();
    self.held = below;
    holder = nullptr;
  }

 private:
  friend class recursive_mutex;
  friend class condition_variable;

  constexpr mutex(const char* kind, const char* name) noexcept : holdable{kind, name, give_to_next} {}

  bool is_mine() const noexcept { return holder == this_hart().current; }
  void lock_slowly() noexcept;
  bool lock_before(clock::time_point deadline) noexcept;
  void unlock_carefully() noexcept;
  void give_or_queue(wait_place&) noexcept;
  static void give_to_next(holdable&) noexcept;
};

/// A mutex that its owner may lock again, and unlocks as often.
class recursive_mutex {
 public:
  constexpr explicit recursive_mutex(const char* name = nullptr) noexcept : inner_{"recursive_mutex", name} {}

  void lock() noexcept {
    if (again()) return;
    inner_.lock();
    first(true);
  }
  bool try_lock() noexcept { return again() || first(inner_.try_lock()); }
  template <class Rep, class Period>
  bool try_lock_for(std::chrono::duration<Rep, Period> time) noexcept {
    return again() || first(inner_.try_lock_for(time));
  }
  template <class Duration>
  bool try_lock_until(std::chrono::time_point<clock, Duration> when) noexcept {
    return again() || first(inner_.try_lock_until(when));
  }
  void unlock() noexcept {
    if (inner_.is_mine() && more_ > 0)
      --more_;
    else
      inner_.unlock();
  }

 private:
  bool again() noexcept {
    if (!inner_.is_mine()) return false;
    ++more_;
    return true;
  }
  bool first(bool locked) noexcept {
    if (locked) more_ = 0;  // whatever an owner left that ended while it held it
    return locked;
  }

  mutex inner_;
  std::uint32_t more_ = 0;  ///< how often its owner has locked it again
};

}  // namespace bobbin
