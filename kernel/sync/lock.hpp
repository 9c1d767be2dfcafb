/// Guards: std::lock_guard, unique_lock, shared_lock and scoped_lock, which a freestanding library lacks.
#pragma once

#include <core/chrono.hpp>
#include <task/this_task.hpp>
#include <time/deadline.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

namespace bobbin {

struct defer_lock_t {};
struct try_to_lock_t {};
struct adopt_lock_t {};
inline constexpr defer_lock_t defer_lock{};
inline constexpr try_to_lock_t try_to_lock{};
inline constexpr adopt_lock_t adopt_lock{};

template <class Mutex>
class [[nodiscard]] lock_guard {
 public:
  using mutex_type = Mutex;

  [[gnu::always_inline]] explicit lock_guard(Mutex& mutex) noexcept : mutex_{mutex} { mutex_.lock(); }
  lock_guard(Mutex& mutex, adopt_lock_t) noexcept : mutex_{mutex} {}
  [[gnu::always_inline]] ~lock_guard() { mutex_.unlock(); }
  lock_guard(const lock_guard&) = delete;
  lock_guard& operator=(const lock_guard&) = delete;

 private:
  Mutex& mutex_;
};

/// How unique_lock and shared_lock lock.
template <class Mutex>
struct exclusively {
  static void lock(Mutex& mutex) noexcept { mutex.lock(); }
  static bool try_lock(Mutex& mutex) noexcept { return mutex.try_lock(); }
  static bool try_lock_until(Mutex& mutex, clock::time_point when) noexcept { return mutex.try_lock_until(when); }
  static void unlock(Mutex& mutex) noexcept { mutex.unlock(); }
};

template <class Mutex>
struct together {
  static void lock(Mutex& mutex) noexcept { mutex.lock_shared(); }
  static bool try_lock(Mutex& mutex) noexcept { return mutex.try_lock_shared(); }
  static bool try_lock_until(Mutex& mutex, clock::time_point when) noexcept { return mutex.try_lock_shared_until(when); }
  static void unlock(Mutex& mutex) noexcept { mutex.unlock_shared(); }
};

/// A lock that may be let go of, taken again and handed on.
template <class Mutex, class Way>
class [[nodiscard]] movable_lock {
 public:
  using mutex_type = Mutex;

  movable_lock() noexcept = default;
  explicit movable_lock(Mutex& mutex) noexcept : mutex_{&mutex}, owns_{true} { Way::lock(mutex); }
  movable_lock(Mutex& mutex, defer_lock_t) noexcept : mutex_{&mutex} {}
  movable_lock(Mutex& mutex, try_to_lock_t) noexcept : mutex_{&mutex}, owns_{Way::try_lock(mutex)} {}
  movable_lock(Mutex& mutex, adopt_lock_t) noexcept : mutex_{&mutex}, owns_{true} {}
  template <class Duration>
  movable_lock(Mutex& mutex, std::chrono::time_point<clock, Duration> when) noexcept : mutex_{&mutex} { (void)try_lock_until(when); }
  template <class Rep, class Period>
  movable_lock(Mutex& mutex, std::chrono::duration<Rep, Period> time) noexcept : mutex_{&mutex} { (void)try_lock_for(time); }
  movable_lock(movable_lock&& other) noexcept { swap(other); }
  movable_lock& operator=(movable_lock&& other) noexcept {
    movable_lock{std::move(other)}.swap(*this);
    return *this;
  }
  ~movable_lock() {
    if (owns_) Way::unlock(*mutex_);
  }

  void lock() noexcept {
    Way::lock(mutex_to_lock());
    owns_ = true;
  }
  [[nodiscard]] bool try_lock() noexcept { return owns_ = Way::try_lock(mutex_to_lock()); }
  template <class Duration>
  [[nodiscard]] bool try_lock_until(std::chrono::time_point<clock, Duration> when) noexcept {
    return owns_ = Way::try_lock_until(mutex_to_lock(), deadline_at(when));
  }
  template <class Rep, class Period>
  [[nodiscard]] bool try_lock_for(std::chrono::duration<Rep, Period> time) noexcept {
    return try_lock_until(deadline_after(time));
  }
  void unlock() noexcept {
    if (!owns_) [[unlikely]] misuse({"let go of what it does not hold"}, "lock");
    Way::unlock(*mutex_);
    owns_ = false;
  }

  bool owns_lock() const noexcept { return owns_; }
  explicit operator bool() const noexcept { return owns_; }
  Mutex* mutex() const noexcept { return mutex_; }
  Mutex* release() noexcept {
    owns_ = false;
    return std::exchange(mutex_, nullptr);
  }
  void swap(movable_lock& other) noexcept {
    std::swap(mutex_, other.mutex_);
    std::swap(owns_, other.owns_);
  }

 private:
  Mutex& mutex_to_lock() noexcept {
    if (mutex_ == nullptr) [[unlikely]] misuse({"used without a mutex"}, "lock");
    if (owns_) [[unlikely]] misuse({"taken although it holds its mutex"}, "lock");
    return *mutex_;
  }

  Mutex* mutex_ = nullptr;
  bool owns_ = false;
};

template <class Mutex>
struct unique_lock : movable_lock<Mutex, exclusively<Mutex>> {
  using movable_lock<Mutex, exclusively<Mutex>>::movable_lock;
};
template <class Mutex, class... Options>
unique_lock(Mutex&, Options...) -> unique_lock<Mutex>;

template <class Mutex>
struct shared_lock : movable_lock<Mutex, together<Mutex>> {
  using movable_lock<Mutex, together<Mutex>>::movable_lock;
};
template <class Mutex, class... Options>
shared_lock(Mutex&, Options...) -> shared_lock<Mutex>;

/// The first that cannot be locked, counted from 0; -1 if all are locked now, and otherwise none is.
template <class... Mutexes>
int try_lock(Mutexes&... mutexes) noexcept {
  int taken = 0;
  const bool all = ((mutexes.try_lock() && ++taken > 0) && ...);
  if (all) return -1;
  int left = taken;
  (void)((left-- > 0 && (mutexes.unlock(), true)) && ...);
  return taken;
}

/// Locks all, in whatever order that is possible: no two tasks that do so wait for each other.
template <class First, class... Others>
void lock(First& first, Others&... others) noexcept {
  for (;;) {
    first.lock();
    if constexpr (sizeof...(Others) > 0) {
      if (try_lock(others...) < 0) return;
      first.unlock();
      this_task::yield();
    } else {
      return;
    }
  }
}

template <class... Mutexes>
class [[nodiscard]] scoped_lock {
 public:
  explicit scoped_lock(Mutexes&... mutexes) noexcept : mutexes_{mutexes...} {
    if constexpr (sizeof...(Mutexes) > 0) lock(mutexes...);
  }
  scoped_lock(adopt_lock_t, Mutexes&... mutexes) noexcept : mutexes_{mutexes...} {}
  ~scoped_lock() {
    std::apply([](Mutexes&... held) { (held.unlock(), ...); }, mutexes_);
  }
  scoped_lock(const scoped_lock&) = delete;
  scoped_lock& operator=(const scoped_lock&) = delete;

 private:
  std::tuple<Mutexes&...> mutexes_;
};

}  // namespace bobbin
