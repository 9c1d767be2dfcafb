/// std::barrier: tasks that go on together, phase after phase.
///
///   constinit barrier all{3, [] noexcept { print("a round is over\n"); }};
///
///   all.arrive_and_wait();
#pragma once

#include <core/chrono.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace bobbin {

/// What every barrier is, whatever it does at the end of a phase.
class barrier_base : protected wait_queue {
 public:
  /// In which phase somebody has arrived.
  class arrival_token {
   public:
    arrival_token(arrival_token&&) = default;
    arrival_token& operator=(arrival_token&&) = default;

   private:
    friend class barrier_base;
    explicit arrival_token(std::uint32_t phase) noexcept : phase_{phase} {}
    std::uint32_t phase_;
  };

  barrier_base(const barrier_base&) = delete;
  barrier_base& operator=(const barrier_base&) = delete;

  /// Waits for the end of the phase in which the caller has arrived. False if the task was asked to stop: it has arrived
  /// all the same.
  bool wait(arrival_token&& arrived) noexcept { return wait_before(arrived.phase_, clock::never); }
  /// False if the time has passed as well.
  template <class Rep, class Period>
  bool wait_for(const arrival_token& arrived, std::chrono::duration<Rep, Period> time) noexcept {
    return wait_before(arrived.phase_, deadline_after(time));
  }
  template <class Duration>
  bool wait_until(const arrival_token& arrived, std::chrono::time_point<clock, Duration> when) noexcept {
    return wait_before(arrived.phase_, deadline_at(when));
  }

 protected:
  constexpr barrier_base(std::ptrdiff_t expected, const char* name) noexcept
      : wait_queue{"barrier", name}, expected_{expected}, left_{expected} {}
  constexpr ~barrier_base() {
    if (!empty()) [[unlikely]] refuse({"destroyed while tasks wait for it", "end these tasks first"}, *this);
  }

  arrival_token current() const noexcept { return arrival_token{phase_}; }
  /// Whether that was the last one.
  bool count_in(std::ptrdiff_t update) noexcept;
  /// Everybody has arrived: those who wait go on, and the next phase begins.
  void next_phase() noexcept;
  void expect_less() noexcept { --expected_; }

 private:
  bool wait_before(std::uint32_t phase, clock::time_point deadline) noexcept;

  std::ptrdiff_t expected_, left_;
  std::uint32_t phase_ = 0;
};

struct nothing_to_complete {
  void operator()() const noexcept {}
};

template <class Completion = nothing_to_complete>
class barrier : public barrier_base {
 public:
  constexpr explicit barrier(std::ptrdiff_t expected, Completion completion = {}, const char* name = nullptr) noexcept
      : barrier_base{expected, name}, completion_{std::move(completion)} {}

  /// The last to arrive runs the completion function, and all who wait go on in the order in which they came.
  [[nodiscard]] arrival_token arrive(std::ptrdiff_t update = 1) {
    arrival_token arrived = current();
    if (count_in(update)) {
      completion_();
      next_phase();
    }
    return arrived;
  }
  bool arrive_and_wait() { return wait(arrive()); }

  /// Arrives, and is not expected any more from the next phase on.
  void arrive_and_drop() {
    expect_less();
    (void)arrive();
  }

 private:
  [[no_unique_address]] Completion completion_;
};

}  // namespace bobbin
