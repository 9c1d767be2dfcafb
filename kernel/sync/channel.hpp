/// A queue of at most N values from tasks to tasks; with N = 0, a rendezvous: who sends waits until somebody receives.
///
///   constinit channel<int, 4> numbers{"numbers"};
///
///   numbers.send(7);                        // in one task
///   for (int x : numbers) print("{}", x);   // in another: until it is closed, and empty
///
/// Any number of tasks may send and receive. Who waits is served first come, first served, and directly: a value goes
/// from who sends to who has waited longest to receive, without a stop in the queue. Once closed, a channel takes no more
/// values; those that it has can still be received. Interrupt handlers may try_send and close.
/// Cost: a move or two of a value.
#pragma once

#include <core/chrono.hpp>
#include <core/construct.hpp>
#include <core/iterator.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

/// An unoptimised frame has room of its own for each place where a task may wait: a few of them would be too much.
#ifdef __OPTIMIZE__
#define BOBBIN_INLINE_WHERE_OPTIMISED gnu::always_inline
#else
#define BOBBIN_INLINE_WHERE_OPTIMISED
#endif

namespace bobbin {

/// Where a task waits to send a value, or to receive one.
template <class T>
struct channel_place : wait_place {
  channel_place(control_block& who, T& value, ending ended = nullptr) noexcept
      : wait_place{who, ended}, value{&value} {}
  channel_place(control_block& who, std::optional<T>& result, ending ended = nullptr) noexcept
      : wait_place{who, ended}, result{&result} {}

  union {
    T* value;                  ///< to be sent: taken from here
    std::optional<T>* result;  ///< received: put here; empty if the channel was closed
  };
};

/// A ring of up to N values, until it is shut.
template <class T, std::size_t N>
class value_ring {
 public:
  constexpr value_ring() noexcept : no_value_{} {}
  constexpr ~value_ring() {
    while (!empty()) drop_first();
  }

  constexpr bool empty() const noexcept { return count_ == 0; }
  bool has_room() const noexcept { return count_ < limit_; }
  void shut() noexcept { limit_ = 0; }
  std::size_t size() const noexcept { return count_; }
  constexpr T& first() noexcept { return values_[N == 1 ? 0 : first_]; }

  void push(T&& value) noexcept {
    std::construct_at(&values_[wrapped(first_ + count_)], std::move(value));
    ++count_;
  }
  constexpr void drop_first() noexcept {
    std::destroy_at(&first());
    first_ = wrapped(first_ + 1);
    --count_;
  }

 private:
  /// Where the value lies that is that far from the beginning of the memory.
  static constexpr std::size_t wrapped(std::size_t place) noexcept { return N == 1 ? 0 : place < N ? place : place - N; }

  union {
    char no_value_;
    T values_[N];
  };
  std::size_t first_ = 0, count_ = 0, limit_ = N;
};

template <class T>
class value_ring<T, 0> {
 public:
  static constexpr bool empty() noexcept { return true; }
  static constexpr void shut() noexcept {}
  static constexpr std::size_t size() noexcept { return 0; }
};

template <class T, std::size_t N = 0>
class channel {
  static_assert(std::is_nothrow_move_constructible_v<T> && std::is_nothrow_destructible_v<T>);

 public:
  using value_type = T;

  constexpr explicit channel(const char* name = nullptr) noexcept
      : senders_{"channel", name}, receivers_{"channel", name} {}
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;
  constexpr ~channel() {
    if (!senders_.empty() || !receivers_.empty()) [[unlikely]]
      refuse({"destroyed while tasks wait for it", "close it, and end these tasks first"}, senders_);
  }

  static constexpr std::size_t capacity() noexcept { return N; }
  /// How many values it has.
  std::size_t size() const noexcept { return values_.size(); }
  bool closed() const noexcept { return closed_; }

  /// False if the channel is closed, or the task was asked to stop: the value stays where it was then.
  [[BOBBIN_INLINE_WHERE_OPTIMISED]] bool send(T&& value) noexcept { return arch::cpu::in_register(this)->send_inline(value); }
  bool send(const T& value) noexcept { return send(T{value}); }

  /// False if the channel is closed, or has no room and nobody who waits. Handlers may call this.
  bool try_send(T&& value) noexcept {
    const interrupts_masked guard;
    return take(value);
  }
  bool try_send(const T& value) noexcept { return try_send(T{value}); }

  /// False if the time has passed as well.
  template <class Rep, class Period>
  bool send_for(T&& value, std::chrono::duration<Rep, Period> time) noexcept {
    return send_before(value, deadline_after(time));
  }
  template <class Rep, class Period>
  bool send_for(const T& value, std::chrono::duration<Rep, Period> time) noexcept {
    return send_for(T{value}, time);
  }
  template <class Duration>
  bool send_until(T&& value, std::chrono::time_point<clock, Duration> when) noexcept {
    return send_before(value, deadline_at(when));
  }
  template <class Duration>
  bool send_until(const T& value, std::chrono::time_point<clock, Duration> when) noexcept {
    return send_until(T{value}, when);
  }

  /// Nothing if the channel is closed and has nothing left, or the task was asked to stop.
  [[BOBBIN_INLINE_WHERE_OPTIMISED]] std::optional<T> receive() noexcept { return arch::cpu::in_register(this)->receive_inline(); }

  /// Nothing if there is nothing now. Handlers may call this.
  std::optional<T> try_receive() noexcept {
    std::optional<T> result;
    const interrupts_masked guard;
    (void)give(result);
    return result;
  }

  /// Nothing if the time has passed as well.
  template <class Rep, class Period>
  std::optional<T> receive_for(std::chrono::duration<Rep, Period> time) noexcept {
    return receive_before(deadline_after(time));
  }
  template <class Duration>
  std::optional<T> receive_until(std::chrono::time_point<clock, Duration> when) noexcept {
    return receive_before(deadline_at(when));
  }

  /// No more values: who waits to send, or to receive what will not come, goes on without. Handlers may call this.
  void close() noexcept {
    closed_ = true;
    values_.shut();
    senders_.end_all(wait_status::closed);
    receivers_.end_all(wait_status::closed);
  }

  /// The values that are received, until the channel is closed and has nothing left, or the task was asked to stop.
  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    explicit iterator(channel& from) noexcept : from_{&from}, value_{from.receive()} {}
    T& operator*() const noexcept { return *value_; }
    iterator& operator++() noexcept {
      value_ = from_->receive();
      return *this;
    }
    void operator++(int) noexcept { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return !value_; }

   private:
    channel* from_;
    mutable std::optional<T> value_;
  };
  iterator begin() noexcept { return iterator{*this}; }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  template <class, std::size_t>
  friend class send_case;
  template <class, std::size_t>
  friend class receive_case;
  using place = channel_place<T>;

  static bool unmasked(bool result) noexcept {
    arch::interrupts::unmask();
    return result;
  }

  /// With interrupts masked: takes `value` from a sender, if somebody waits for it or there is room.
  [[gnu::always_inline]] bool take(T& value) noexcept {
    if (!receivers_.empty()) {
      auto& next = static_cast<place&>(receivers_.first());
      next.result->emplace(std::move(value));
      serve_first_of(receivers_);
      return true;
    }
    if constexpr (N > 0)
      if (values_.has_room()) return values_.push(std::move(value)), true;
    return false;
  }

  /// With interrupts masked: gives a receiver the first value, if there is one.
  [[gnu::always_inline]] bool give(std::optional<T>& result) noexcept {
    if constexpr (N > 0) {
      if (values_.empty()) return false;
      result.emplace(take_out());
    } else {
      if (senders_.empty()) return false;
      result.emplace(std::move(*static_cast<place&>(senders_.first()).value));
      serve_first_of(senders_);
    }
    return true;
  }

  /// With interrupts masked, if it has a value: takes out the first. Who waits to send moves up.
  [[gnu::always_inline]] T take_out() noexcept {
    T value{std::move(values_.first())};
    values_.drop_first();
    if (!senders_.empty()) {
      values_.push(std::move(*static_cast<place&>(senders_.first()).value));
      serve_first_of(senders_);
    }
    return value;
  }

  /// With interrupts masked: its value has been taken, or put there.
  [[gnu::always_inline]] static void serve_first_of(wait_queue& queue) noexcept {
    wait_place& served = queue.first();
    served.ended ? served.ended(served, wait_status::ok) : (void)queue.wake_first();
  }

  /// A value that registers can hold gets a place in memory only where it has to wait.
  static constexpr bool small = std::is_trivially_copyable_v<T> && sizeof(T) <= 2 * sizeof(void*);

  [[gnu::always_inline]] bool send_inline(T& value) noexcept {
    mask_to_wait(senders_);
    if (arch::cpu::in_register(this)->take(value)) return unmasked(true);
    if (closed_) [[unlikely]] return unmasked(false);
    std::conditional_t<small, T, T&> waiting = value;
    return arch::cpu::in_register(&senders_)->template wait_masked_inline<place>(waiting) == wait_status::ok;
  }

  [[gnu::always_inline]] std::optional<T> receive_inline() noexcept {
    mask_to_wait(senders_);
    if constexpr (N > 0) {
      if (!values_.empty()) {
        std::optional<T> result{arch::cpu::in_register(this)->take_out()};
        arch::interrupts::unmask();
        return result;
      }
    }
    std::optional<T> result;
    if ((N == 0 && give(result)) || closed_)
      arch::interrupts::unmask();
    else
      (void)arch::cpu::in_register(&receivers_)->template wait_masked_inline<place>(result);
    return result;
  }

  bool send_before(T& value, clock::time_point deadline) noexcept {
    mask_to_wait(senders_);
    if (take(value)) return unmasked(true);
    if (closed_) return unmasked(false);
    place here{*this_hart().current, value};
    return wait_masked_until(senders_, here, deadline) == wait_status::ok;
  }

  std::optional<T> receive_before(clock::time_point deadline) noexcept {
    std::optional<T> result;
    mask_to_wait(senders_);
    if (give(result) || closed_) return arch::interrupts::unmask(), result;
    place here{*this_hart().current, result};
    (void)wait_masked_until(receivers_, here, deadline);
    return result;
  }

  // All with interrupts masked.
  wait_queue senders_, receivers_;
  bool closed_ = false;
  value_ring<T, N> values_;
};

}  // namespace bobbin

#undef BOBBIN_INLINE_WHERE_OPTIMISED
