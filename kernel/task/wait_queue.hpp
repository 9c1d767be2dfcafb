/// Tasks that wait for something, first come first served.
///
///     wait_queue: first --> wait_place <--> wait_place <-- last      a place lies on the stack of the task that waits in it
///
/// Whoever ends a wait takes the place out of the queue and gives its task what it waited for, so nobody else can get
/// that in between, and nobody is woken in vain. A wait that heeds them can be broken off as well, by a deadline
/// (time/deadline.hpp) or a request to stop; where a blocked task waits is in its control block: see place_of.
#pragma once

#include <arch/cpu.hpp>
#include <arch/interrupts.hpp>
#include <core/assert.hpp>
#include <task/hart.hpp>
#include <task/interrupts_masked.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace bobbin {

enum class wait_status : std::uint8_t {
  ok,         ///< what was waited for has come
  timed_out,  ///< the deadline came first
  stopped,    ///< the task was asked to stop
  closed,     ///< what was waited for will never come
};

/// What tasks wait for, as reports tell of it: "mutex fork1, held by ann".
struct waitable {
  const char* kind;                  ///< "mutex"
  const char* name = nullptr;        ///< a literal; null: without a name
  control_block* holder = nullptr;   ///< the one task that can end the wait, if it is for one

  constexpr explicit waitable(const char* kind, const char* name = nullptr) noexcept : kind{kind}, name{name} {}
};

/// Reports a misuse of `what` by a function that was called wrongly: its own_frame(); none for an inline one, which calls
/// this.
[[noreturn]] void refuse(mistake, const waitable& what, const void* frame = nullptr) noexcept;

/// Masks interrupts for a wait. Where they are masked already, as in handlers, nobody may wait.
[[gnu::always_inline]] inline void mask_to_wait(const waitable& what) noexcept {
  if (!arch::interrupts::mask_nested()) [[unlikely]]
    refuse({"waited for with interrupts masked", "interrupt handlers never wait: let a task do it"}, what);
}

class wait_queue;

/// Where one task waits.
struct wait_place {
  /// What is done when the wait is to end, with interrupts masked.
  using ending = void (*)(wait_place&, wait_status why) noexcept;

  /// For the running task. Without an ending of its own, it leaves the queue and goes on.
  [[gnu::always_inline]] explicit wait_place(ending ended = nullptr) noexcept : wait_place{*this_hart().current, ended} {}
  [[gnu::always_inline]] explicit wait_place(control_block& who, ending ended = nullptr) noexcept : who{who}, ended{ended} {}

  bool queued() const noexcept { return result > static_cast<std::uintptr_t>(wait_status::closed); }

  /// How the wait has ended.
  wait_status how() const noexcept { return static_cast<wait_status>(result); }

  /// With interrupts masked, if it is in a queue: it is in none any more.
  void leave_queue() noexcept;

  /// With interrupts masked: the same, and its task goes on behind all that are ready.
  void wake() noexcept {
    leave_queue();
    this_hart().wake_masked(who);
  }

  /// With interrupts masked, if it is in a queue: ends the wait unless it heeds nothing; its task will be told why.
  void end(wait_status why) noexcept { ended ? ended(*this, why) : leave(why); }
  void leave(wait_status why) noexcept {
    leave_queue();
    result = static_cast<std::uintptr_t>(why);
    this_hart().wake_masked(who);
  }

  /// With interrupts masked: the queue that it is in is about to go away.
  void forget() noexcept;

  /// The ending of a wait that goes on until it is woken, whatever happens.
  static void heed_nothing(wait_place&, wait_status) noexcept {}

  control_block& who;
  union {
    wait_queue* queue = nullptr;  ///< that it is in: what is waited for
    std::uintptr_t result;        ///< afterwards: a wait_status, which is no address of a queue
  };
  wait_place* earlier;            ///< in the queue; of the first one it means nothing
  wait_place* later;              ///< in the queue; null for the last one
  ending ended;
  std::uint64_t since;            ///< when the task began to wait: hart::moment
};

/// Of those who wait for the same.
class wait_queue : public waitable {
 public:
  constexpr explicit wait_queue(const char* kind = "something", const char* name = nullptr) noexcept : waitable{kind, name} {}
  wait_queue(const wait_queue&) = delete;
  wait_queue& operator=(const wait_queue&) = delete;

  constexpr bool empty() const noexcept { return first_ == nullptr; }

  /// Who has waited longest; only if somebody waits.
  wait_place& first() const noexcept { return *first_; }

  /// With interrupts masked: puts a place at the end of the queue.
  [[gnu::always_inline]] void append(wait_place& place) noexcept {
    if constexpr (has_priorities) note_arrival(place.who);
    place.queue = this;
    place.later = nullptr;
    if (first_ == nullptr) [[likely]] {
      first_ = &place;
    } else {
      place.earlier = last_;
      last_->later = &place;
    }
    last_ = &place;
  }

  /// With interrupts masked: takes a place of this queue out of it.
  void remove(wait_place& place) noexcept {
    if (first_ == &place) return (void)take_first();
    if constexpr (has_priorities) note_departure(place.who);
    place.queue = nullptr;
    place.earlier->later = place.later;
    (place.later ? place.later->earlier : last_) = place.earlier;
  }

  /// With interrupts masked, if somebody waits: takes out who has waited longest.
  [[gnu::always_inline]] wait_place& take_first() noexcept {
    wait_place& taken = *first_;
    if constexpr (has_priorities) note_departure(taken.who);
    first_ = taken.later;
    taken.queue = nullptr;
    return taken;
  }

  /// The same, and that task goes on behind all that are ready.
  [[gnu::always_inline]] wait_place& wake_first() noexcept {
    wait_place& woken = take_first();
    this_hart().wake_masked(woken.who);
    return woken;
  }

  /// Called with interrupts masked, by a task that has seen that it must wait: suspends it in `place`, at the end of the
  /// queue, until it is woken. Returns with interrupts enabled.
  /// Who was asked to stop and heeds it does not wait: the others get a turn, and that was it.
  wait_status wait_masked(wait_place& place) noexcept;

  /// The same, whatever happens.
  void wait_masked() noexcept;

  /// The same with the switch inline, in a Place that is made of the running task and the arguments.
  template <class Place, class... Arguments>
  [[gnu::always_inline]] wait_status wait_masked_inline(Arguments&... arguments) noexcept {
    hart& here = this_hart();
    control_block* const usual = here.may_switch_here();
    if (usual == nullptr) [[unlikely]] return wait_masked_in<Place>(*here.current, arguments...);
    control_block& self = *usual;
    Place place{self, arguments...};
    append(place);
    place.since = here.moment;
    self.place = &place;
    here.suspend(self, hart::next_of(self), task_state::blocked);
    return place.how();
  }

  /// Wakes who has waited longest; returns false if nobody waits. Handlers may call this.
  [[gnu::always_inline]] bool wake_one() noexcept {
    if (!arch::interrupts::mask_nested()) [[unlikely]] return wake_one_masked();
    const bool somebody = !empty();
    if (somebody) [[likely]] wake_first();
    arch::interrupts::unmask();
    return somebody;
  }

  /// Ends the wait of everybody, in the order in which they came. Handlers may call this.
  void end_all(wait_status why) noexcept;

  /// Wakes everybody who waits, in the order in which they came. Handlers may call this.
  void wake_all() noexcept {
    while (wake_one()) {}
  }

  /// If it is for what one task at a time has.
  holdable* as_holdable() noexcept;

 protected:
  [[no_unique_address]] lending<has_priorities> lending_to_holder;

 private:
  void note_arrival(const control_block&) noexcept;
  void note_departure(const control_block&) noexcept;
  bool wake_one_masked() noexcept;

  template <class Place, class... Arguments>
  [[gnu::noinline]] wait_status wait_masked_in(control_block& self, Arguments&... arguments) noexcept {
    keep_frame();
    Place place{self, arguments...};
    return wait_masked(place);
  }

  // Changed with interrupts masked.
  wait_place* first_ = nullptr;  ///< who has waited longest
  wait_place* last_ = nullptr;   ///< who came last, if there is a first
};

/// What one task at a time has, and others wait for. A task's own are linked: what it still holds when it ends is not lost.
struct holdable : wait_queue {
  /// Gives it to who has waited longest, or to nobody; with interrupts masked. Its holder has it no more.
  using giver = void (*)(holdable&) noexcept;

  held_link below{};  ///< what its holder has held for longer
  giver pass_on;
  [[no_unique_address]] lenders<has_priorities> waiting;  ///< whose priorities it lends to its holder

  constexpr holdable(const char* kind, const char* name, giver pass_on) noexcept : wait_queue{kind, name}, pass_on{pass_on} {
    lending_to_holder.begin();
  }

  /// From now on `task` has it.
  [[gnu::always_inline]] void become_of(control_block& task) noexcept {
    holder = &task;
    below = task.held;
    task.held = this;
    if constexpr (has_priorities) lend();
  }

  /// Somebody waits for it: its holder is to let go of it the careful way.
  void become_wanted() noexcept { link().mark_wanted(); }

  /// Takes it out of the list of what its holder has.
  void leave_holder() noexcept;

  /// With interrupts masked: its holder, if it has one, runs at the highest level of those who wait for what it holds; and
  /// so on, if that one waits as well.
  void lend() noexcept;

 private:
  /// In the list of what its holder has: the link that leads to it.
  held_link& link() noexcept;
};

/// The queue of a task that waits for several things at once: for the first of those that happens.
struct waitables : wait_queue {
  constexpr explicit waitables(std::span<wait_place* const> places) noexcept : wait_queue{several}, places{places} {}

  /// Null for what is one thing.
  static const waitables* from(const waitable& what) noexcept {
    return what.kind == several ? static_cast<const waitables*>(&what) : nullptr;
  }

  static constexpr char several[] = "select";
  std::span<wait_place* const> places;  ///< where it waits, one for each
};

inline void wait_place::leave_queue() noexcept { queue->remove(*this); }

/// Where a blocked task waits; null if it is not blocked, or where nobody but who it waits for can find it.
inline wait_place* place_of(const control_block& task) noexcept {
  return task.state == task_state::blocked ? task.place : nullptr;
}

/// The memory `dead` is to be used for something else: whoever waits for what lies there waits for nothing any more, and
/// what is held of it is forgotten.
void forget_waitables_within(std::span<const std::byte> dead) noexcept;

/// While this lives, an interrupt is expected that will make a task ready: that none is so meanwhile is no deadlock.
class [[nodiscard]] interrupt_expected {
 public:
  interrupt_expected() noexcept { change(+1); }
  ~interrupt_expected() { change(-1); }
  interrupt_expected(const interrupt_expected&) = delete;
  interrupt_expected& operator=(const interrupt_expected&) = delete;

 private:
  static void change(int by) noexcept {
    const interrupts_masked guard;
    this_hart().expecting += static_cast<unsigned>(by);
  }
};

}  // namespace bobbin
