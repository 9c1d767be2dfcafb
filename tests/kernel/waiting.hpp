/// What suites of things that tasks wait for have in common: many who wait, interrupts, and time enough.
#pragma once

#include <arch/clock.hpp>
#include <bobbin.hpp>
#include <task/interrupts_masked.hpp>
#include <task/wait_queue.hpp>
#include <time/timers.hpp>

#include <span>

using namespace bobbin;  // as all suites do

inline constexpr int many = 1000;

/// Calls `attempt(start)` with a time that is further away each time, until it has said that all who wait for it, or for
/// later, began to do so in time: a busy host may keep this machine from running for longer than any fixed while.
template <class Attempt>
void with_time_enough(Attempt attempt) {
  for (auto lead = 5ms; !attempt(clock::now() + lead);) lead *= 2;
}

/// Calls `act` from an interrupt handler, again and again while it lives. A hart that idles meanwhile waits for it.
class by_interrupt : timer {
 public:
  using action = void (*)();

  explicit by_interrupt(action act) : timer{arch::clock::ticks() + period(), ring}, act_{act} {
    const interrupts_masked guard;
    timers::add(*this);
  }
  ~by_interrupt() {
    const interrupts_masked guard;
    timers::cancel(*this);
  }

 private:
  static std::uint64_t period() { return arch::clock::ticks_per_second() / 2000; }
  static void ring(timer& due) noexcept {
    auto& self = static_cast<by_interrupt&>(due);
    self.act_();
    self.postpone(period());
    timers::add(self);
  }

  action act_;
  const interrupt_expected rings_;
};

/// Up to `many` tasks that do the same, each with its number, and return 0 if it went well. One crowd at a time.
template <class Function>
class crowd {
 public:
  crowd(int count, Function function) : count_{count}, function_{function} {}

  /// All begin, and run as far as they can.
  void begin() {
    for (int i = 0; i < count_; ++i) {
      constexpr std::size_t bytes = 4_KiB;
      const std::span slice{stack_view{field}.low() + static_cast<std::size_t>(i) * bytes, bytes};
      const auto started = tasks[i].start(slice, [this, i] {
        const int status = function_(i);
        order[gone_on_++] = i;
        return status;
      });
      CHECK(started == start_status::ok);
    }
    this_task::yield();
  }

  task& operator[](int i) { return tasks[i]; }
  int gone_on() const { return gone_on_; }
  int waiting() const {
    int blocked = 0;
    for (int i = 0; i < count_; ++i) blocked += tasks[i].state() == task_state::blocked;
    return blocked;
  }

  /// Joins all; how many say that it did not go well.
  int end() {
    int bad = 0;
    for (int i = 0; i < count_; ++i) bad += tasks[i].join().status() != 0;
    return bad;
  }

  /// Who went on after how many others.
  int at(int place) const { return order[place]; }
  bool in_order() const {
    for (int i = 0; i < gone_on_; ++i)
      if (order[i] != i) return false;
    return true;
  }

 private:
  static inline stack<many * 4_KiB> field;
  static inline constinit task tasks[many];
  static inline constinit int order[many] = {};

  int count_, gone_on_ = 0;
  Function function_;
};
