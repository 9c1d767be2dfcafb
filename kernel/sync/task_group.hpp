/// Up to Count tasks with stacks of N bytes each that do one thing together: when one fails, the others are asked to stop.
///
///   static task_group<8, 16_KiB> group;
///
///   for (auto& part : parts) group.start("part", [&part] { return work_on(part); });
///   outcome how = group.join();      // all have ended: ok, or how the first ended that did not end well
///
/// Declare it static, as any pool: see task_pool.hpp.
#pragma once

#include <core/chrono.hpp>
#include <task/task_pool.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace bobbin {

class task_group_base : protected task_pool_base, wait_queue {
 public:
  /// Waits until all have ended; says how the first ended that did not return or exit with 0. What is started after that is
  /// not waited for. If the waiting task is asked to stop, it asks them all to.
  outcome join() noexcept;

  /// Nothing if not all have ended.
  std::optional<outcome> try_join() noexcept { return running_ > 0 ? std::nullopt : std::optional{first_failure_}; }

  /// Nothing if the time has passed first; or the waiting task was asked to stop, which it asks them all to then.
  template <class Rep, class Period>
  std::optional<outcome> join_for(std::chrono::duration<Rep, Period> time) noexcept {
    return join_before(deadline_after(time));
  }
  template <class Duration>
  std::optional<outcome> join_until(std::chrono::time_point<clock, Duration> when) noexcept {
    return join_before(deadline_at(when));
  }

  /// Asks all to stop, in the order of their stacks; those that are started later, until all have ended, as well.
  void request_stop() noexcept;

  /// How many have not ended.
  std::uint32_t running() const noexcept { return running_; }

 protected:
  /// Calls `visit(task&)` for each that has not ended.
  using for_each = void (*)(task_group_base&, void (*visit)(task&) noexcept) noexcept;

  constexpr task_group_base(const char* name, for_each each) noexcept : wait_queue{"task_group", name}, for_each_{each} {}
  ~task_group_base() {
    request_stop();
    (void)join();
  }

  void begun(task& member) noexcept;
  void ended(const outcome& how) noexcept;

 private:
  std::optional<outcome> join_before(clock::time_point deadline) noexcept;

  struct place : wait_place {
    using wait_place::wait_place;
    outcome all{outcome::unknown{}};  ///< how it ended
  };

  for_each for_each_;
  std::uint32_t running_ = 0;
  bool stopping_ = false;
  outcome first_failure_{};  ///< of this run: since the group was last without a running task
};

template <std::size_t Count, std::size_t N>
class task_group : public task_group_base {
 public:
  constexpr explicit task_group(const char* name = nullptr) noexcept : task_group_base{name, visit_members} {}

  /// Runs `function` as one of them, named `name` (a literal).
  template <task_function Function>
  start_status start(const char* name, Function function) {
    static_assert(sizeof(Function) + std::max(alignof(Function), stack_alignment) + minimum_stack_bytes <= N,
                  "the closure does not fit on the stacks of this group: capture by reference, or make them larger");
    const auto index = indices_.take();
    if (index == indices_.none) return start_status::exhausted;
    member& taken = members_[index];
    taken.pool = this;
    taken.give_back = take_back_member;
    taken.on_end = note_end;
    taken.join_pool();
    taken.attach();
    taken.rename(name);
    taken.enlist();
    if (const auto status = taken.start(stacks_[index], std::move(function)); status != start_status::ok) {
      taken.unlist();
      indices_.give_back(index);
      return status;
    }
    taken.detach();
    begun(taken);
    return start_status::ok;
  }

 private:
  static void take_back_member(member& left) {
    auto& group = static_cast<task_group&>(*left.pool);
    left.unlist();
    if (left.left_its_stack()) group.indices_.give_back(static_cast<std::uint32_t>(&left - group.members_));
  }

  static void note_end(member& ending) { static_cast<task_group&>(*ending.pool).ended(control_block_of(ending).how); }

  static void visit_members(task_group_base& base, void (*visit)(task&) noexcept) noexcept {
    for (member& each : static_cast<task_group&>(base).members_)
      if (each.joinable()) visit(each);
  }

  free_indices<Count> indices_;
  member members_[Count];
  stack_array<Count, N> stacks_;
};

}  // namespace bobbin
