/// A generator: a function that hands out one value after another, and stays where it is in between.
///
///   static stack<4_KiB> memory;
///
///   generator<int> squares{memory, [](auto& yield) {
///     for (int i = 0; yield(i * i); ++i) {}
///   }};
///   for (int x : squares | std::views::take(5)) ...
///
///   resumer          body                      The body runs on a stack of its own, so it may yield from any depth
///     |   resume      |                        of calls, and it may itself resume other generators. It runs as part
///     +-------------->|                        of the task that resumes it, with that task's thread_local objects;
///     |               | yield(v)               another task may resume it the next time.
///     |<--------------+
///
/// Resume and yield are the inline switch of arch/coroutine.hpp wherever they stand; a value that fits a register crosses
/// in one. Cost: docs/costs.md.
///
/// `yield(v)` returns true; or false once the generator is being destroyed: the body returns then, destroying what it
/// holds. A body that yields again instead is reported and left where it stands.
#pragma once

#include <core/assert.hpp>
#include <core/construct.hpp>
#include <core/in_register.hpp>
#include <core/iterator.hpp>
#include <core/source_location.hpp>
#include <task/generator_record.hpp>
#include <task/stack_pool.hpp>
#include <task/task.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace bobbin {

/// How a value crosses: in a register if that holds it, otherwise by its address in the body's frame.
template <class Value>
struct passage {
  static constexpr bool in_register = std::is_trivially_copyable_v<Value> && sizeof(Value) <= sizeof(std::uintptr_t);

  /// What the resumer keeps of a value: a copy, or where it is.
  using kept = std::conditional_t<in_register, std::optional<Value>, Value*>;

  [[gnu::always_inline]] static std::uintptr_t pack(Value& value) noexcept {
    if constexpr (in_register) {
      std::uintptr_t word = 0;
      __builtin_memcpy(&word, std::addressof(value), sizeof(Value));
      return word;
    } else {
      return reinterpret_cast<std::uintptr_t>(std::addressof(value));
    }
  }

  [[gnu::always_inline]] static kept unpack(std::uintptr_t word) noexcept {
    if constexpr (in_register) {
      std::array<std::byte, sizeof(Value)> bytes;
      __builtin_memcpy(bytes.data(), &word, sizeof(Value));
      return std::bit_cast<Value>(bytes);
    } else {
      return reinterpret_cast<Value*>(word);
    }
  }
};

template <class Out, class In>
class generator;

/// The body's side: what a body gets as `auto& yield`.
template <class Out, class In>
class yielder : generator_record {
  friend class generator<Out, In>;

 public:
  yielder() noexcept = default;
  yielder(const yielder&) = delete;
  yielder& operator=(const yielder&) = delete;

  /// Hands out `value` and suspends the body. When it is resumed: returns what was passed in, or for a generator that
  /// takes nothing, true. When it is being destroyed: returns a default In, or false.
  [[gnu::always_inline]] auto operator()(Out value) noexcept {
    std::uintptr_t word = passage<Out>::pack(value);
    const bool go_on = this->yield(word);
    if constexpr (std::is_void_v<In>) {
      return go_on;
    } else {
      if (!go_on) return In();
      this->passed_in = reinterpret_cast<void*>(word);
      return In(std::move(input()));
    }
  }

  /// What the latest resume passed in; before the first yield, what the first one did.
  template <class Input = In>
  Input& input() const noexcept
    requires(!std::is_void_v<In>)
  {
    return *static_cast<In*>(this->passed_in);
  }

  /// Whether the body should return.
  bool stopped() const noexcept { return this->stopping; }
};

template <class Body, class Out, class In>
concept generator_body = std::invocable<Body&, yielder<Out, In>&> && std::move_constructible<Body>;

/// The handle: owns the body until it is destroyed. Movable; an empty one is finished.
template <class Out, class In = void>
class generator {
  static_assert(std::is_object_v<Out> && std::move_constructible<Out>, "a generator hands out values that can be moved");
  static_assert(std::is_void_v<In> || std::default_initializable<In>,
                "what is passed in needs a default, which yield returns when the generator is destroyed");

  using yielder_type = yielder<Out, In>;

  template <class Body>
  struct frame : yielder_type {
    Body body;
    explicit frame(Body&& body) : body{std::move(body)} {}

    static void run(arch::coroutine* self, std::uintptr_t word) {
      auto& frame = *static_cast<generator::frame<Body>*>(self);
      frame.begin();
      if constexpr (!std::is_void_v<In>) frame.passed_in = reinterpret_cast<void*>(word);
      frame.body(static_cast<yielder_type&>(frame));
      std::destroy_at(&frame.body);
      frame.finish_returned();
    }
  };

 public:
  class iterator;

  generator() noexcept = default;

  /// A generator that runs `body` on `memory`. Nothing runs before the first resume.
  template <std::size_t N, generator_body<Out, In> Body>
  generator(stack<N>& memory, Body body, source_location where = source_location::current())
      : record_{construct(memory, std::move(body), where)} {
    static_assert(fits<Body>(N), "the body does not fit on this stack: capture by reference, or make the stack larger");
  }

  /// The same on any memory. If that does not do, `status` says why, and the generator is empty.
  template <generator_body<Out, In> Body>
  generator(stack_view memory, Body body, source_location where = source_location::current()) {
    if (!memory.aligned())
      status_ = start_status::stack_misaligned;
    else if (!fits<Body>(memory.size()))
      status_ = start_status::stack_too_small;
    else
      record_ = construct(memory, std::move(body), where);
  }

  /// The same on a stack of `pool`, returned to it when the generator is destroyed. Empty when the pool is exhausted.
  template <std::size_t Count, std::size_t N, generator_body<Out, In> Body>
  generator(stack_pool<Count, N>& pool, Body body, source_location where = source_location::current()) {
    static_assert(fits<Body>(N), "the body does not fit on a stack of this pool: make them larger");
    const stack_view taken = pool.take();
    if (taken.size() == 0) {
      status_ = start_status::exhausted;
      return;
    }
    record_ = construct(taken, std::move(body), where);
    record_->make(generator_record::special::pooled);
    record_->pool = &pool;
    record_->give_back = [](void* source, stack_view memory) {
      static_cast<stack_pool<Count, N>*>(source)->give_back(memory);
    };
  }

  generator(generator&& other) noexcept : status_{other.status_} { take_over(other); }

  generator& operator=(generator&& other) noexcept {
    if (this != &other) {
      drop();
      take_over(other);
      status_ = other.status_;
    }
    return *this;
  }

  /// Stops an unfinished body: its pending yield returns false, and everything it holds is destroyed.
  ~generator() { drop(); }

  /// Whether construction found a stack that does.
  start_status status() const noexcept { return status_; }

  /// Whether the body has ended (or there is none): from now on resume returns nothing.
  bool finished() const noexcept { return record_ == nullptr || record_->ended(); }

  /// How the body ended, once finished: returned, or faulted with the cause.
  outcome how() const noexcept {
    const bool faulted = record_ != nullptr && record_->is(generator_record::special::faulted);
    return faulted ? outcome::faulted(record_->cause, record_->pc) : outcome::returned(0);
  }

  /// Runs the body up to its next yield and returns the value, or nothing when the body ends instead.
  std::optional<Out> resume() noexcept
    requires std::is_void_v<In>
  {
    return advance(generator_record::any_word());
  }

  template <class Input = In>
    requires(!std::is_void_v<In> && std::convertible_to<Input, In>)
  std::optional<Out> resume(Input&& input) noexcept {
    In passed(std::forward<Input>(input));
    return advance(reinterpret_cast<std::uintptr_t>(std::addressof(passed)));
  }

  /// The values still to come, as an input range. A loop that was broken off is taken up where it stopped.
  iterator begin() noexcept
    requires std::is_void_v<In>
  {
    return iterator{record_};
  }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  template <class Body>
  static constexpr bool fits(std::size_t bytes) noexcept {
    return sizeof(frame<Body>) + std::max(alignof(frame<Body>), stack_alignment) + minimum_stack_bytes <= bytes;
  }

  template <class Body>
  [[gnu::always_inline]] generator_record* construct(stack_view memory, Body body, source_location where) {
    std::byte* const low = in_register(memory.low());
    const std::size_t size = memory.size();
    std::byte* place = in_register(low + (size - sizeof(frame<Body>)) / stack_alignment * stack_alignment);
    if constexpr (constexpr std::size_t alignment = alignof(frame<Body>); alignment > stack_alignment)
      place -= reinterpret_cast<std::uintptr_t>(place) % alignment;
    if (!vacated(low)) [[unlikely]] {
      if (in_use(memory)) refuse_stack_in_use(where);
      bobbin::prepare(memory);
    }
    arch::watch::occupied(low, size);
    auto* constructed = std::construct_at(reinterpret_cast<frame<Body>*>(place), std::move(body));
    occupy(low, size, *constructed, reinterpret_cast<std::uintptr_t>(place));
    constructed->where = where;
    if constexpr (!std::is_trivially_destructible_v<Body>) {
      constructed->to_be_dropped = true;
      constructed->drop_body = [](generator_record& record) { std::destroy_at(&static_cast<frame<Body>&>(record).body); };
    }
    constructed->resumer = this_hart().current->foot;  // a guess: its first resume compares, and asks if it was wrong
    constructed->begin_with(frame<Body>::run);
    constructed->handle = &record_;
    return constructed;
  }

  void take_over(generator& other) noexcept {
    record_ = std::exchange(other.record_, nullptr);
    if (record_ != nullptr) record_->handle = &record_;
  }

  [[noreturn, gnu::noinline, gnu::cold]] static void refuse_stack_in_use(source_location where) noexcept {
    misuse({"constructed on a stack that is in use", "each task and generator needs a stack of its own"}, "generator",
           own_frame(), where);
  }

  [[gnu::always_inline]] std::optional<Out> advance(std::uintptr_t word) noexcept {
    if (record_ == nullptr) return std::nullopt;
    const auto resumed = record_->resume(word);
    if (resumed.record == nullptr) return std::nullopt;
    return std::move(*passage<Out>::unpack(resumed.word));
  }

  void drop() noexcept {
    if (record_ == nullptr) return;
    record_->end();
    record_->let_go();
  }

  generator_record* record_ = nullptr;
  start_status status_ = start_status::ok;
};

/// Resumes as late as possible: `++` only lets go of the value, the next one is asked for when somebody looks. So a
/// view that stops after n values has not used up value n + 1.
template <class Out, class In>
class generator<Out, In>::iterator {
 public:
  using value_type = Out;
  using difference_type = std::ptrdiff_t;

  iterator() noexcept = default;

  Out& operator*() const noexcept {
    pull();
    return *value_;
  }

  iterator& operator++() noexcept {
    pull();
    value_ = {};
    return *this;
  }
  void operator++(int) noexcept { ++*this; }

  friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept { return !at.pull(); }

 private:
  friend class generator;
  explicit iterator(generator_record* record) noexcept : record_{record} {}

  /// Makes sure of a value; returns false at the end.
  [[gnu::always_inline]] bool pull() const noexcept {
    if (value_) return true;
    if (record_ == nullptr) return false;
    const auto resumed = record_->resume(generator_record::any_word());
    record_ = resumed.record;
    if (record_ == nullptr) return false;
    value_ = passage<Out>::unpack(resumed.word);
    return true;
  }

  mutable generator_record* record_ = nullptr;  ///< null at the end
  mutable typename passage<Out>::kept value_{};
};

}  // namespace bobbin
