/// All that the tasks of one seed share: several of each primitive, and what they agree on about these.
#pragma once

#include "log.hpp"

#include <bobbin.hpp>

#include <cstddef>
#include <cstdint>

namespace random_programs {

// By these numbers the log tells who did something: tasks, then main, then the members of groups as they are started.
inline constexpr std::uint32_t task_count = 50, first_tasks = 40, main_number = task_count, first_member = main_number + 1;
inline constexpr std::uint32_t most_members = 40, most_runs = 2;

using value = std::uint32_t;

/// Whatever tasks do between two deadlines takes less.
inline constexpr std::chrono::nanoseconds step = 100ms;

/// The same for all seeds: the guards of their stacks stay where they are.
extern constinit task_group<3, 32_KiB> groups[2];

struct world {
  world(std::uint32_t seed, program::clockwork time, bool aloud) noexcept : seed{seed}, time{time}, log{aloud} {}

  /// What a barrier does at the end of a phase.
  struct tell_phase {
    world& all;
    std::uint32_t which;
    void operator()() const noexcept { all.log.note(which, 0, {.what = action::phase}, 0); }
  };

  mutex mutexes[4];
  recursive_mutex recursive[2];
  shared_mutex shared[2];
  binary_semaphore binary[2]{binary_semaphore{1}, binary_semaphore{1}};

  counting_semaphore<> units[3]{counting_semaphore<>{2}, counting_semaphore<>{0}, counting_semaphore<>{5}};
  condition_variable conditions[3];  ///< each with the mutex of its number
  std::uint32_t changes[3] = {};     ///< what they wait for: that this is another number
  latch latches[3]{latch{12}, latch{6}, latch{3}};
  std::uint32_t latch_left[3] = {12, 6, 3};
  barrier<tell_phase> barriers[2]{barrier<tell_phase>{3, {*this, 0}}, barrier<tell_phase>{6, {*this, 1}}};
  std::uint32_t barrier_expects[2] = {3, 6};
  event events[3];
  channel<value> rendezvous[2];
  channel<value, 1> narrow[2];
  channel<value, 4> wide[2];
  stop_source sources[2];

  std::uint32_t seed;
  program::clockwork time;
  event_log log;
  std::uint32_t runs[task_count] = {};  ///< how often each task was started
  std::uint32_t members = 0;            ///< that were started
  bool closing = false;                 ///< nobody is started any more
  clock::time_point began = clock::now();
  std::uint32_t steps = 0;              ///< of time that main has let pass

  /// A deadline that comes when main has let time pass `more` times.
  clock::time_point after_steps(std::uint32_t more) const noexcept { return began + (steps + more) * step; }
};

/// Calls `use` with the channel of that number.
template <class Use>
auto with_channel(world& all, unsigned number, Use use) {
  switch (number) {
    case 0: return use(all.rendezvous[0]);
    case 1: return use(all.rendezvous[1]);
    case 2: return use(all.narrow[0]);
    case 3: return use(all.narrow[1]);
    case 4: return use(all.wide[0]);
    default: return use(all.wide[1]);
  }
}

}  // namespace random_programs
