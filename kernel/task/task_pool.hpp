/// Count tasks with stacks of N bytes each, handed out and taken back in constant time.
///
///   static task_pool<8, 16_KiB> pool;
///
///   auto worker = pool.start("worker", [] { ... });   // false if all eight are taken
///   outcome how = worker.join();                      // and its place in the pool is free again
///
/// Declare it static: the guards below stacks of a page or more stay where they are, whatever becomes of it.
#pragma once

#include <core/assert.hpp>
#include <task/stack_pool.hpp>
#include <task/task.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace bobbin {

class task_pool_base {
 public:
  task_pool_base(const task_pool_base&) = delete;
  task_pool_base& operator=(const task_pool_base&) = delete;

  /// Asks the tasks whose pooled_task lies in `dead`, which nobody will destroy, to stop, and detaches them.
  static void abandon_handles_in(std::span<const std::byte> dead) noexcept;

  /// A pooled task that nobody waits for is about to end as its control block says: with interrupts masked.
  static void announce(control_block& ending) noexcept {
    auto& place = static_cast<member&>(static_cast<task&>(ending));
    if (place.on_end != nullptr) place.on_end(place);
  }

  /// A pooled task that nobody waits for has ended: its place is free once another task runs.
  static void take_back(control_block& ended) noexcept {
    auto& place = static_cast<member&>(static_cast<task&>(ended));
    place.give_back(place);
  }

 protected:
  constexpr task_pool_base() noexcept = default;

  struct member : task {
    void (*give_back)(member&) = nullptr;
    void (*on_end)(member&) = nullptr;  ///< whom its end is told to, if anybody
    task_pool_base* pool = nullptr;
    const void* handle = nullptr;  ///< where the pooled_task is; null when there is none

    void join_pool() noexcept { control_block_of(*this).pool_member = true; }
    void rename(const char* name) noexcept { control_block_of(*this).name = name; }
    bool left_its_stack() noexcept { return vacated(control_block_of(*this).stack_memory().low()); }
    void detach() noexcept { control_block_of(*this).make(special::pooled); }
    void attach() noexcept { control_block_of(*this).unmake(special::pooled); }
    void enlist() noexcept { this_hart().enlist(control_block_of(*this)); }
    void unlist() noexcept { control_block_of(*this).control_block::registration::unlink(); }
  };

  /// Its place goes back to the pool when it has ended.
  static void leave_alone(member& left) noexcept {
    left.handle = nullptr;
    if (left.joinable())
      left.detach();
    else
      left.give_back(left);
  }

  static control_block& control_block_of(task& task) noexcept { return task; }

  friend class pooled_task;
};

/// Owns one running task of a pool. Destroying it asks the task to stop, joins it and gives it back.
class [[nodiscard]] pooled_task {
 public:
  pooled_task() noexcept = default;
  pooled_task(pooled_task&& other) noexcept { take_over(other); }
  pooled_task& operator=(pooled_task&& other) noexcept {
    if (this != &other) {
      release();
      take_over(other);
    }
    return *this;
  }
  ~pooled_task() { release(); }

  /// False if the pool was exhausted, and after join or detach.
  explicit operator bool() const noexcept { return member_ != nullptr; }

  /// Waits for the end of the task and gives its place back.
  outcome join() noexcept {
    auto* ended = demand();
    const outcome how = ended->join();
    member_ = nullptr;
    ended->give_back(*ended);
    return how;
  }

  /// From now on the task's place goes back to the pool by itself when it ends.
  void detach() noexcept {
    auto* left = demand();
    member_ = nullptr;
    task_pool_base::leave_alone(*left);
  }

  void request_stop() noexcept { demand()->request_stop(); }
  void set_priority(unsigned level) noexcept { demand()->set_priority(level); }
  std::uint32_t id() noexcept { return demand()->id(); }

 private:
  template <std::size_t, std::size_t>
  friend class task_pool;
  using member = task_pool_base::member;
  explicit pooled_task(member* running) noexcept : member_{running} { member_->handle = &member_; }

  void take_over(pooled_task& other) noexcept {
    member_ = std::exchange(other.member_, nullptr);
    if (member_ != nullptr) member_->handle = &member_;
  }

  member* demand() noexcept {
    if (member_ == nullptr) [[unlikely]] refuse_empty();
    return member_;
  }

  [[noreturn, gnu::noinline, gnu::cold]] static void refuse_empty() noexcept {
    misuse({"used although it holds no task", "test it first: the pool may have had none left"}, "pooled_task", own_frame());
  }

  void release() noexcept {
    if (member_ == nullptr) return;
    member_->request_stop();
    join();
  }

  member* member_ = nullptr;
};

template <std::size_t Count, std::size_t N>
class task_pool : task_pool_base {
 public:
  constexpr task_pool() noexcept = default;

  /// Runs `function` as a task named `name` (a literal). The result is false if all tasks of the pool are taken.
  template <task_function Function>
  pooled_task start(const char* name, Function function) {
    static_assert(sizeof(Function) + std::max(alignof(Function), stack_alignment) + minimum_stack_bytes <= N,
                  "the closure does not fit on the stacks of this pool: capture by reference, or make them larger");
    const auto index = indices_.take();
    if (index == indices_.none) return {};
    member& taken = members_[index];
    taken.pool = this;
    taken.give_back = give_back;
    taken.join_pool();
    taken.attach();
    taken.rename(name);
    taken.enlist();
    if (taken.start(stacks_[index], std::move(function)) != start_status::ok)
      misuse({"has stacks too small for the thread_local objects", "make its stacks larger"}, "task_pool");
    return pooled_task{&taken};
  }

  /// The same for a task that nobody joins.
  template <task_function Function>
  start_status start_detached(const char* name, Function function) {
    pooled_task started = start(name, std::move(function));
    if (!started) return start_status::exhausted;
    started.detach();
    return start_status::ok;
  }

  std::size_t available() const noexcept { return indices_.available(); }

 private:
  static void give_back(member& ended) {
    auto& pool = static_cast<task_pool&>(*ended.pool);
    ended.unlist();
    if (!ended.left_its_stack()) [[unlikely]] return;  // tasks that have not ended lie on it
    pool.indices_.give_back(static_cast<std::uint32_t>(&ended - pool.members_));
  }

  free_indices<Count> indices_;
  member members_[Count];
  stack_array<Count, N> stacks_;
};

}  // namespace bobbin
