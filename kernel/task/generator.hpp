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
/// `yield(v)` returns true; or false once the generator is being destroyed: the body returns then, destroying what it
/// holds. A body that yields again instead is reported and left where it stands.
#pragma once

#include <core/assert.hpp>
#include <core/source_location.hpp>
#include <task/generator_record.hpp>
#include <task/stack_pool.hpp>
#include <task/task.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace bobbin {

/// The body's side: what a body gets as `auto& yield`.
template <class Out, class In>
class yielder {
 public:
  explicit yielder(generator_record& record) noexcept : record_{&record} {}
  yielder(const yielder&) = delete;
  yielder& operator=(const yielder&) = delete;

  /// Hands out `value` and suspends the body. When it is resumed: returns what was passed in, or for a generator that
  /// takes nothing, true. When it is being destroyed: returns a default In, or false.
  auto operator()(Out value) noexcept {
    record_->yielded = std::addressof(value);
    [[maybe_unused]] const bool go_on = record_->yield();
    if constexpr (std::is_void_v<In>)
      return go_on;
    else
      return go_on ? In(std::move(input())) : In();
  }

  /// What the latest resume passed in; before the first yield, what the first one did.
  template <class Input = In>
  Input& input() const noexcept
    requires(!std::is_void_v<In>)
  {
    return *static_cast<In*>(record_->passed_in);
  }

  /// Whether the body should return.
  bool stopped() const noexcept { return record_->stopping; }

 private:
  generator_record* record_;
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
  struct frame : generator_record {
    Body body;
    explicit frame(Body&& body) : body{std::move(body)} {}

    static void run(void* self) {
      auto& frame = *static_cast<generator::frame<Body>*>(self);
      yielder_type yield{frame};
      frame.body(yield);
      std::destroy_at(&frame.body);
      frame.finish();
    }
  };

 public:
  class iterator;

  generator() noexcept = default;

  /// A generator that runs `body` on `memory`. Nothing runs before the first resume.
  template <std::size_t N, generator_body<Out, In> Body>
  generator(stack<N>& memory, Body body, source_location where = source_location::current()) {
    static_assert(fits<Body>(N), "the body does not fit on this stack: capture by reference, or make the stack larger");
    construct(memory, std::move(body), where);
  }

  /// The same on any memory. If that does not do, `status` says why, and the generator is empty.
  template <generator_body<Out, In> Body>
  generator(stack_view memory, Body body, source_location where = source_location::current()) {
    if (!memory.aligned())
      status_ = start_status::stack_misaligned;
    else if (!fits<Body>(memory.size()))
      status_ = start_status::stack_too_small;
    else
      construct(memory, std::move(body), where);
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
    construct(taken, std::move(body), where);
    record_->pool = &pool;
    record_->give_back = [](void* source, stack_view memory) {
      static_cast<stack_pool<Count, N>*>(source)->give_back(memory);
    };
  }

  generator(generator&& other) noexcept
      : record_{std::exchange(other.record_, nullptr)}, status_{other.status_} {}

  generator& operator=(generator&& other) noexcept {
    if (this != &other) {
      drop();
      record_ = std::exchange(other.record_, nullptr);
      status_ = other.status_;
    }
    return *this;
  }

  /// Stops an unfinished body: its pending yield returns false, and everything it holds is destroyed.
  ~generator() { drop(); }

  /// Whether construction found a stack that does.
  start_status status() const noexcept { return status_; }

  /// Whether the body has ended (or there is none): from now on resume returns nothing.
  bool finished() const noexcept { return record_ == nullptr || ended(); }

  /// How the body ended, once finished: returned, or faulted with the cause.
  outcome how() const noexcept {
    const bool faulted = record_ != nullptr && record_->state == generator_record::state::faulted;
    return faulted ? outcome::faulted(record_->cause, record_->pc) : outcome::returned(0);
  }

  /// Runs the body up to its next yield and returns the value, or nothing when the body ends instead.
  std::optional<Out> resume() noexcept
    requires std::is_void_v<In>
  {
    return advance(nullptr);
  }

  template <class Input = In>
    requires(!std::is_void_v<In> && std::convertible_to<Input, In>)
  std::optional<Out> resume(Input&& input) noexcept {
    In passed(std::forward<Input>(input));
    return advance(std::addressof(passed));
  }

  /// The values still to come, as an input range. A loop that was broken off is taken up where it stopped.
  iterator begin() noexcept
    requires std::is_void_v<In>
  {
    if (record_ != nullptr) record_->yielded = nullptr;
    return iterator{record_};
  }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  template <class Body>
  static constexpr bool fits(std::size_t bytes) noexcept {
    return sizeof(frame<Body>) + std::max(alignof(frame<Body>), stack_alignment) + minimum_stack_bytes <= bytes;
  }

  template <class Body>
  void construct(stack_view memory, Body body, source_location where) {
    if (in_use(memory)) refuse_stack_in_use(where);
    constexpr std::size_t alignment = std::max(alignof(frame<Body>), stack_alignment);
    auto* place = reinterpret_cast<void*>((reinterpret_cast<std::uintptr_t>(memory.high()) - sizeof(frame<Body>)) & -alignment);
    bobbin::prepare(memory);
    auto* constructed = std::construct_at(static_cast<frame<Body>*>(place), std::move(body));
    occupy(memory.low(), memory.size(), *constructed);
    constructed->where = where;
    constructed->drop_body = [](generator_record& record) { std::destroy_at(&static_cast<frame<Body>&>(record).body); };
    constructed->other_side =
        arch::context::first_frame(static_cast<std::byte*>(place), frame<Body>::run, constructed);
    record_ = constructed;
  }

  [[noreturn, gnu::noinline, gnu::cold]] static void refuse_stack_in_use(source_location where) noexcept {
    misuse({"constructed on a stack that is in use", "each task and generator needs a stack of its own"}, "generator",
           own_frame(), where);
  }

  bool ended() const noexcept { return record_->state >= generator_record::state::finished; }

  std::optional<Out> advance(void* input) noexcept {
    if (finished()) return std::nullopt;
    generator_record& record = *record_;  // the body may move this handle away
    record.passed_in = input;
    record.resume();
    if (record.yielded == nullptr) return std::nullopt;
    return std::move(*static_cast<Out*>(std::exchange(record.yielded, nullptr)));
  }

  void drop() noexcept {
    if (record_ == nullptr) return;
    if (record_->state == generator_record::state::running) record_->drop();  // a misuse: it ends, and stays this one's
    std::exchange(record_, nullptr)->drop();
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
    return *static_cast<Out*>(record_->yielded);
  }

  iterator& operator++() noexcept {
    pull();
    record_->yielded = nullptr;
    return *this;
  }
  void operator++(int) noexcept { ++*this; }

  friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept { return !at.pull(); }

 private:
  friend class generator;
  explicit iterator(generator_record* record) noexcept : record_{record} {}

  /// Makes sure of a value; returns false at the end.
  bool pull() const noexcept {
    if (record_ == nullptr) return false;
    if (record_->yielded == nullptr && record_->state < generator_record::state::finished) record_->resume();
    return record_->yielded != nullptr;
  }

  generator_record* record_ = nullptr;
};

}  // namespace bobbin
