/// Waits for whatever comes first: a value to receive, room to send one, an event, a deadline.
///
///   std::optional<int> number;
///   switch (select_for(10ms, on_receive(numbers, number), on_event(quit))) {
///     case 0: ...   number came, or is empty: numbers is closed
///     case 1: ...   quit has happened
///     default: ...  10 ms have passed, or the task was asked to stop
///   }
///
/// Exactly one of the cases happens, or none. Of several that could happen at once, it is the first as they are written.
/// Cost: proportional to the number of cases.
#pragma once

#include <core/chrono.hpp>
#include <sync/channel.hpp>
#include <sync/event.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

namespace bobbin {

/// What a select that ended in none of its cases returns.
inline constexpr int nothing_selected = -1;

class selection;

/// The place of one case of a select, in the queue of what it waits for. `Place` is what that expects there.
template <class Place>
struct case_place : Place {
  template <class... Arguments>
  explicit case_place(Arguments&... arguments) noexcept : Place{*this_hart().current, arguments..., ended} {}

  static void ended(wait_place&, wait_status) noexcept;
  selection* whole = nullptr;
};

/// One wait in several queues. Lies on the stack of the task that selects.
class selection {
 public:
  explicit selection(std::span<wait_place* const> places) noexcept : all_{places} {}

  /// Called with interrupts masked when no case can happen at once and all places are queued; returns with interrupts
  /// enabled and no place queued.
  int wait(clock::time_point deadline) noexcept;

  /// With interrupts masked: that case has happened.
  void choose(wait_place& which) noexcept;

 private:
  /// The task's own place, in a queue of its own: deadlines and requests to stop find it there.
  struct own_place : wait_place {
    explicit own_place(selection& whole) noexcept;
    static void ended(wait_place&, wait_status) noexcept;
    selection& whole;
  };

  void leave_queues() noexcept;

  waitables all_;
  own_place own_{*this};
  int chosen_ = nothing_selected;
};

template <class Place>
void case_place<Place>::ended(wait_place& self, wait_status) noexcept {
  static_cast<case_place&>(self).whole->choose(self);
}

// A case has a place, and says whether it can happen at once (`attempt`) and where it waits otherwise (`queue`); both
// with interrupts masked.

template <class T, std::size_t N>
class receive_case {
 public:
  receive_case(channel<T, N>& from, std::optional<T>& result) noexcept : from_{from}, result_{result}, place{result} {}
  bool attempt() noexcept {
    result_.reset();
    return from_.give(result_) || from_.closed_;
  }
  wait_queue& queue() noexcept { return from_.receivers_; }

 private:
  channel<T, N>& from_;
  std::optional<T>& result_;

 public:
  case_place<channel_place<T>> place;
};

template <class T, std::size_t N>
class send_case {
 public:
  send_case(channel<T, N>& to, T& value) noexcept : to_{to}, value_{value}, place{value} {}
  bool attempt() noexcept { return to_.take(value_) || to_.closed_; }
  wait_queue& queue() noexcept { return to_.senders_; }

 private:
  channel<T, N>& to_;
  T& value_;

 public:
  case_place<channel_place<T>> place;
};

class event_case {
 public:
  explicit event_case(event& what) noexcept : what_{what} {}
  bool attempt() const noexcept { return what_.is_set(); }
  wait_queue& queue() noexcept { return what_; }

 private:
  event& what_;

 public:
  case_place<wait_place> place;
};

/// A value is received into `result`; it is empty if the channel is closed and has nothing left.
template <class T, std::size_t N>
receive_case<T, N> on_receive(channel<T, N>& from, std::optional<T>& result) noexcept {
  return {from, result};
}
/// `value` is sent, and moved from; or the channel is closed, and it is not.
template <class T, std::size_t N>
send_case<T, N> on_send(channel<T, N>& to, T& value) noexcept {
  return {to, value};
}
template <class T, std::size_t N>
send_case<T, N> on_send(channel<T, N>& to, T&& value) noexcept {
  return {to, value};
}
/// The event has happened.
inline event_case on_event(event& what) noexcept { return event_case{what}; }

/// The number of the case that happened, from 0; nothing_selected if the deadline came first, or a request to stop.
template <class... Cases>
int select_until(clock::time_point deadline, Cases&&... cases) noexcept {
  static constexpr waitable nothing_yet{"select"};
  constexpr int count = static_cast<int>(sizeof...(cases));
  this_hart().check_stack_before_queueing(4);
  mask_to_wait(nothing_yet);
  int ready = 0;
  (void)((cases.attempt() || (++ready, false)) || ...);
  if (ready < count) return arch::interrupts::unmask(), ready;
  const std::array<wait_place*, sizeof...(cases)> places{&cases.place...};
  selection whole{places};
  ((cases.place.whole = &whole, cases.queue().append(cases.place)), ...);
  return whole.wait(deadline);
}
template <class Rep, class Period, class... Cases>
int select_for(std::chrono::duration<Rep, Period> time, Cases&&... cases) noexcept {
  return select_until(deadline_after(time), cases...);
}
/// nothing_selected only if the task was asked to stop.
template <class... Cases>
int select(Cases&&... cases) noexcept {
  return select_until(clock::never, cases...);
}
/// Only what can happen at once.
template <class... Cases>
int try_select(Cases&&... cases) noexcept {
  return select_until({}, cases...);
}

}  // namespace bobbin
