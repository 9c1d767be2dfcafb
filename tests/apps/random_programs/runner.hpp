/// Does what a program says, one instruction after the other, for the task that runs it.
///
/// Whatever is drawn, nobody makes a mistake that the kernel would report, and nobody is left for ever: a wait that no
/// request to stop ends is begun only where whoever is waited for cannot wait in turn. So
///   - locks have ranks, and who holds one waits for higher ones only, or only as long as nobody asks it to stop;
///   - only who holds none joins for as long as it takes, and only tasks of higher numbers, of which members of groups have the highest.
/// What would be neither is skipped.
#pragma once

#include "program.hpp"
#include "world.hpp"

#include <cstdint>
#include <optional>

namespace random_programs {

/// A form of a wait, and its deadline if that comes soon.
struct manner {
  form how;
  clock::time_point soon = {};
};

class runner {
 public:
  runner(world& all, std::uint32_t who, program what) noexcept : all_{all}, who_{who}, program_{what} {}

  /// Does one instruction and notes it; false when there are no more, or the task gave up because it was asked to stop.
  bool step();
  /// Lets go of all that it holds.
  void finish();
  /// What the task returns: not always that all is well.
  int status() const noexcept { return program_.length() % 4 == 0; }

 private:
  static constexpr std::int64_t skipped = -1;
  static constexpr std::uint32_t most_held = 8;

  std::int64_t perform(const instruction&);
  std::int64_t lock(const instruction&);
  bool take(unsigned lockable, manner);
  manner manner_of(const instruction&) const noexcept;
  bool may_wait_for(unsigned lockable) const noexcept;
  int highest_held() const noexcept;
  bool holds(unsigned lockable) const noexcept;
  std::int64_t let_go(std::uint32_t place);
  std::int64_t wait_for_condition(const instruction&);
  std::int64_t wait_for_latch(const instruction&);
  std::int64_t wait_at_barrier(const instruction&);
  std::int64_t send(const instruction&);
  std::int64_t receive(const instruction&);
  std::int64_t select_some(const instruction&);
  std::int64_t listen(unsigned source);
  std::int64_t start(unsigned which);
  std::int64_t join(unsigned which);
  std::int64_t start_member(unsigned group);
  std::int64_t join_group(const instruction&);
  std::int64_t exit(const instruction&);
  value new_value() const noexcept { return who_ << 8 | number_; }

  world& all_;
  const std::uint32_t who_;
  program program_;
  std::uint32_t number_ = 0;  ///< of the instruction
  std::uint8_t held_[most_held] = {};
  std::uint32_t held_count_ = 0;
  std::optional<barrier_base::arrival_token> arrivals_[2];
  std::optional<stop_callback<stop_this_task>> listening_;
};

/// Starts that task of those that have programs.
void start_task(world&, std::uint32_t which);
bool has_ended(std::uint32_t which);
void ask_to_stop(std::uint32_t which);
/// How it ended, as a number.
std::int64_t join_task(std::uint32_t which);
std::int64_t number_of(const outcome&);

}  // namespace random_programs
