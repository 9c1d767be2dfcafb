/// What the kernel keeps of one task, beside its stack.
///
///              start                    block
///     fresh ----------> ready/running ----------> blocked
///                        |      ^  ^                 |
///        return, exit,   |      |  +-----------------+ wake
///        fault           v      | start
///                      finished-+
///
/// The running task stays in the ring of ready tasks: "running" is being the one that hart.current points at.
#pragma once

#include <arch/continuation.hpp>
#include <arch/cpu.hpp>
#include <core/ring.hpp>
#include <task/outcome.hpp>
#include <task/priority.hpp>
#include <task/stack.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace bobbin {

struct control_block;
struct holdable;  // wait_queue.hpp

/// `joining` is being blocked until another task has finished; control_block::blocked asks for either.
enum class task_state : std::uint8_t { fresh, finished, ready, running, blocked, joining };

/// What is out of the ordinary about a task and sends it the careful ways.
enum class special : std::uint8_t {
  stop_requested = 1 << 0,  ///< somebody asked it to end
  own_fp_control = 1 << 1,  ///< it gets FP control words of its own at its next start
  pooled = 1 << 2,          ///< it goes back to its pool by itself when it ends: see task_pool
  survived = 1 << 3,        ///< it ends while tasks that lie on its stack have not: that stays in use
  ended_early = 1 << 4,     ///< its last run did not just return: how it ended covers what the next one begins with
};

/// One join in progress. Lies on the stack of the task that waits.
struct join_waiter {
  control_block* who;
  std::uint64_t since;  ///< hart::moment
  outcome how{outcome::unknown{}};
  join_waiter* next = nullptr;
};

/// Leads to one of the things that a task has and others may wait for; or to nothing, after the last. It is another word
/// once somebody waits for that thing: who lets go of it asks one word whether all is as usual.
struct held_link {
  static constexpr std::uintptr_t wanted_bit = 1;

  held_link& operator=(holdable* one) noexcept { return word = reinterpret_cast<std::uintptr_t>(one), *this; }

  holdable* to() const noexcept { return reinterpret_cast<holdable*>(word & ~wanted_bit); }

  /// Whether it leads to that and nobody waits for it.
  bool operator==(const holdable* one) const noexcept { return word == reinterpret_cast<std::uintptr_t>(one); }

  void mark_wanted() noexcept { word |= wanted_bit; }

  std::uintptr_t word;
};

struct in_turn;     // the ring of ready tasks
struct registered;  // the ring of all tasks
struct wait_place;  // where a task waits: see wait_queue.hpp

/// What decides whether a start is an ordinary one, in one half word.
struct alignas(2) condition {
  task_state state = task_state::fresh;  ///< `running` is never stored: see state_of
  std::uint8_t specials = 0;             ///< a set of `special`
};

/// The continuation is meaningless while it runs.
struct control_block : arch::continuation, ring_hook<control_block, in_turn>, ring_hook<control_block, registered>, stack_user, condition {
  bool own_fp_control = false;              ///< it has FP control words of its own in this run: switches take care
  bool pool_member = false;                 ///< it is a task_pool_base::member
  [[no_unique_address]] priority_of<has_priorities> priority;
  void* thread_pointer = nullptr;           ///< its thread_local objects
  const char* name = nullptr;               ///< null: named by its number
  join_waiter* joiners = nullptr;           ///< oldest first
  std::uint32_t id = 0;                     ///< from 1, a new one at each start; 0 before the first
  std::uint32_t switches = 0;               ///< times it was switched to, modulo 2^32
  union {
    outcome how{};                          ///< of its last run, when finished
    struct {
      held_link held;                       ///< while alive: what it has that others may wait for, the latest first
      wait_place* place;                    ///< while blocked: where it waits, if it can be found there
    };
  };

  using turn = ring_hook<control_block, in_turn>;
  using registration = ring_hook<control_block, registered>;

  constexpr control_block() noexcept = default;
  constexpr explicit control_block(const char* name) noexcept : name{name} {}
  control_block(const control_block&) = delete;
  control_block& operator=(const control_block&) = delete;

  /// All that changes for everybody when this task runs after `before`.
  [[gnu::always_inline]] void get_turn(const control_block& before) noexcept {
    ++switches;
    arch::cpu::change_thread_pointer(before.thread_pointer, thread_pointer);
  }

  /// Asks the task to end: a wait of its own that heeds it is over. Defined with the queues.
  void stop() noexcept;

  /// Gives it a priority, below priority_levels, and passes that on to who has what it waits for. Defined with the queues.
  void prioritise(unsigned level) noexcept;

  bool blocked() const noexcept { return state >= task_state::blocked; }

  /// Running, ready or blocked: it has a stack with something on it.
  bool alive() const noexcept { return state >= task_state::ready; }

  /// It has finished, and nothing about it is special.
  bool may_start_again() const noexcept {
    return std::bit_cast<std::uint16_t>(static_cast<const condition&>(*this)) ==
           std::bit_cast<std::uint16_t>(condition{task_state::finished, 0});
  }

  bool is(special what) const noexcept { return specials & static_cast<std::uint8_t>(what); }
  void make(special what) noexcept { specials |= static_cast<std::uint8_t>(what); }
  void unmake(special what) noexcept { specials &= ~static_cast<std::uint8_t>(what); }
};

}  // namespace bobbin
