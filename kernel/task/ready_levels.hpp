/// Who is ready, where tasks have priorities: a ring for each level, the running task in that of its own.
///
///     present: 1 0 1      level 2: first --> G <-> H          whoever runs stands for the beginning of its ring
///                         level 0: first --> A <-> B <-> C
#pragma once

#include <task/control_block.hpp>

#include <bit>
#include <cstdint>

namespace bobbin {

/// All with interrupts masked, but for the questions.
template <bool>
class ready_levels {
 public:
  bool nobody() const noexcept { return present_ == 0; }

  /// Whether somebody is ready who goes before `running`.
  bool somebody_above(const control_block& running) const noexcept { return present_ >> running.priority.level() > 1; }

  /// At the end of its level. `running` may be one that is in no ring, with no level.
  void append(control_block& task, control_block& running) noexcept {
    const unsigned level = task.priority.level();
    if (level == running.priority.level() && &task != &running) return turn_of(task).link_before(running);
    if (present_ & bit(level)) return turn_of(task).link_before(*first_[level]);
    turn_of(task).link_alone();
    first_[level] = &task;
    present_ |= bit(level);
  }

  void remove(control_block& task, const control_block& running) noexcept {
    const unsigned level = task.priority.level();
    if (turn_of(task).alone()) {
      present_ &= ~bit(level);
      return;
    }
    const bool first = &task == &running || (level != running.priority.level() && first_[level] == &task);
    if (first) first_[level] = turn_of(task).next;
    turn_of(task).drop();
  }

  /// Who runs next, if `running` goes to the end of its level.
  control_block& after(control_block& running) noexcept {
    if (!somebody_above(running)) return *turn_of(running).next;
    first_[running.priority.level()] = turn_of(running).next;
    return highest();
  }

  /// The first at the highest level, if there is anybody.
  control_block& highest() const noexcept { return *first_[std::bit_width(present_) - 1]; }

  /// Of one that stands in for the running task while nobody is ready.
  static constexpr std::uint8_t no_level = 0xff;

 private:
  static constexpr std::uint32_t bit(unsigned level) noexcept { return std::uint32_t{1} << level; }
  static control_block::turn& turn_of(control_block& task) noexcept { return task; }

  control_block* first_[priority_levels] = {};  ///< of a level that is present and not that of the running task
  std::uint32_t present_ = 0;                   ///< the levels at which somebody is ready, or runs
};

/// One level: the ring that hart.hpp tells of is all there is.
template <>
class ready_levels<false> {
 public:
  static constexpr bool somebody_above(const control_block&) noexcept { return false; }
  [[gnu::always_inline]] static void append(control_block& task, control_block& running) noexcept {
    static_cast<control_block::turn&>(task).link_before(running);
  }
  static control_block& after(control_block& running) noexcept { return *static_cast<control_block::turn&>(running).next; }

  // Asked for where there are levels only.
  static void remove(control_block&, const control_block&) noexcept {}
  static bool nobody() noexcept { return false; }
  static control_block& highest() noexcept { __builtin_unreachable(); }
  static constexpr unsigned no_level = 0;
};

}  // namespace bobbin
