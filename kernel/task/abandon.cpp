#include <arch/image.hpp>
#include <arch/memory.hpp>
#include <task/abandon.hpp>
#include <task/generator_record.hpp>
#include <task/hart.hpp>
#include <task/task_pool.hpp>
#include <task/wait_queue.hpp>

#include <utility>

namespace bobbin {
namespace {

bool within(std::span<const std::byte> memory, const void* object) noexcept {
  const auto* at = static_cast<const std::byte*>(object);
  return at >= memory.data() && at < memory.data() + memory.size();
}

/// Calls `visit(control_block&)` for every registered task in `memory`.
template <class Visitor>
void for_each_task_within(std::span<const std::byte> memory, Visitor visit) noexcept {
  for_each_task([&](control_block& task) {
    if (within(memory, &task)) visit(task);
  });
}

/// The generator whose handle is the word at `place`; null if there is none.
generator_record* generator_held_at(const std::uintptr_t& place) noexcept {
  auto* const candidate = reinterpret_cast<generator_record*>(place);
  if (!plausible(candidate)) return nullptr;
  const bool points_back = candidate->handle == &place && plausible(candidate->foot) && candidate->foot_sound();
  return points_back ? candidate : nullptr;
}

/// Those let go of whose own stacks are still to be looked at: linked by what they will never be passed again.
class abandoned_generators {
 public:
  void take_all_held_in(std::span<const std::byte> dead, const void* dead_foot) noexcept {
    const auto* words = reinterpret_cast<const std::uintptr_t*>(dead.data());
    for (std::size_t at = 0; at < dead.size() / sizeof *words; ++at)
      if (generator_record* const found = generator_held_at(words[at])) push(*found, dead_foot);
  }

  generator_record* pop() noexcept {
    return std::exchange(first_, first_ ? static_cast<generator_record*>(first_->passed_in) : nullptr);
  }

 private:
  /// One that still runs, resumed from a stack that is not dead, ends later: it is nobody's then.
  void push(generator_record& found, const void* dead_foot) noexcept {
    found.handle = nullptr;
    if (found.running() && found.resumer != dead_foot) return;
    found.abandon();
    found.passed_in = std::exchange(first_, &found);
  }

  generator_record* first_ = nullptr;
};

/// What of a stack is in use when its stack pointer is `sp`; all of it if that is elsewhere.
std::span<std::byte> frames_from(std::uintptr_t sp, stack_view memory) noexcept {
  const std::uintptr_t unused = sp / sizeof sp * sizeof sp - reinterpret_cast<std::uintptr_t>(memory.low());
  return memory.bytes().subspan(unused < memory.size() ? unused : 0);
}

void abandon_tasks(std::span<const std::byte> dead) noexcept {
  for_each_task_within(dead, [](control_block& task) {
    if (task.alive())
      task.stop();
    else
      task.control_block::registration::unlink();
  });
  task_pool_base::abandon_handles_in(dead);
  forget_waitables_within(dead);
}

}  // namespace

void task_pool_base::abandon_handles_in(std::span<const std::byte> dead) noexcept {
  for_each_task([&](control_block& task) {
    if (!task.pool_member) return;
    auto& place = static_cast<member&>(static_cast<bobbin::task&>(task));
    if (!within(dead, place.handle)) return;
    place.request_stop();
    leave_alone(place);
  });
}

void abandon(const stack_user& user, std::uintptr_t sp) noexcept {
  const auto dead = frames_from(sp, user.stack_memory());
  abandoned_generators left;
  left.take_all_held_in(dead, user.foot);
  abandon_tasks(dead);
  while (generator_record* const next = left.pop()) {
    const auto body = frames_from(next->switched_at, next->stack_memory());
    left.take_all_held_in(body, next->foot);
    abandon_tasks(body);
    next->release();
  }
}

void abandon_running_task(std::uintptr_t sp) noexcept {
  control_block& self = *this_hart().current;
  while (generator_record* const left = innermost_generator(self)) {
    left->abandon();
    bobbin::abandon(*left, sp);
    sp = left->resumer_sp;
  }
  bobbin::abandon(self, sp);
  if (first_task_within(self.stack_memory().bytes()) != nullptr) self.make(special::survived);
}

const control_block* first_task_within(std::span<const std::byte> memory) noexcept {
  const control_block* first = nullptr;
  for_each_task_within(memory, [&](control_block& task) {
    if (task.alive() && (first == nullptr || &task < first)) first = &task;
  });
  return first;
}

bool forget_tasks_within(std::span<const std::byte> memory) noexcept {
  if (first_task_within(memory) != nullptr) return false;
  for_each_task_within(memory, [](control_block& task) { task.control_block::registration::unlink(); });
  return true;
}

}  // namespace bobbin
