/// std::shared_mutex: held by one who writes, or by any number who read.
///
/// Strictly first come, first served: who reads waits behind those who came before to write, so nobody starves. All who
/// read and stand together in the queue get it together.
#pragma once

#include <core/chrono.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <cstdint>

namespace bobbin {

class shared_mutex : holdable {
 public:
  constexpr explicit shared_mutex(const char* name = nullptr) noexcept : holdable{"shared_mutex", name, let_go_of} {}
  constexpr ~shared_mutex() {
    if (holder != nullptr || readers_ != 0) [[unlikely]] refuse({"destroyed while it is held", "unlock it first"}, *this);
  }

  /// Waits for as long as it takes: a request to stop does not end it.
  void lock() noexcept { (void)enter(false, wait_place::heed_nothing, clock::never); }
  bool try_lock() noexcept { return enter(false, nullptr, {}); }
  /// False if the time has passed, or the task was asked to stop.
  template <class Rep, class Period>
  bool try_lock_for(std::chrono::duration<Rep, Period> time) noexcept {
    return enter(false, leave_queue, deadline_after(time));
  }
  template <class Duration>
  bool try_lock_until(std::chrono::time_point<clock, Duration> when) noexcept {
    return enter(false, leave_queue, deadline_at(when));
  }
  void unlock() noexcept;

  void lock_shared() noexcept { (void)enter(true, wait_place::heed_nothing, clock::never); }
  bool try_lock_shared() noexcept { return enter(true, nullptr, {}); }
  template <class Rep, class Period>
  bool try_lock_shared_for(std::chrono::duration<Rep, Period> time) noexcept {
    return enter(true, leave_queue, deadline_after(time));
  }
  template <class Duration>
  bool try_lock_shared_until(std::chrono::time_point<clock, Duration> when) noexcept {
    return enter(true, leave_queue, deadline_at(when));
  }
  void unlock_shared() noexcept;

 private:
  struct place : wait_place {
    place(ending ended, bool reads) noexcept : wait_place{ended}, reads{reads} {}
    bool reads;
  };

  bool enter(bool reads, wait_place::ending ended, clock::time_point deadline) noexcept;
  bool free_for(bool reads) const noexcept { return holder == nullptr && (reads || readers_ == 0); }
  void give_to(control_block& task, bool reads) noexcept;
  void admit() noexcept;
  static void leave_queue(wait_place&, wait_status) noexcept;
  static void let_go_of(holdable&) noexcept;

  std::uint32_t readers_ = 0;  ///< who hold it; changed with interrupts masked, as all of this
};

}  // namespace bobbin
