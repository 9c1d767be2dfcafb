#include <sync/mutex.hpp>

namespace bobbin {

[[gnu::noinline]] void mutex::lock_slowly() noexcept {
  keep_frame();
  mask_to_wait(*this);
  if (is_mine()) refuse({"locked by the task that holds it", "use a recursive_mutex, or lock it in one place only"}, *this, own_frame());
  become_wanted();
  wait_place place{wait_place::heed_nothing};
  wait_masked(place);
}

[[gnu::noinline]] bool mutex::lock_before(clock::time_point deadline) noexcept {
  mask_to_wait(*this);
  become_wanted();
  wait_place place;
  return wait_masked_until(*this, place, deadline) == wait_status::ok;
}

[[gnu::noinline]] void mutex::unlock_carefully() noexcept {
  if (!is_mine()) refuse({"unlocked by a task that does not hold it", "who locks it unlocks it"}, *this, own_frame());
  const interrupts_masked guard;
  leave_holder();
  give_to_next(*this);
}

/// With interrupts masked, in a task: `place`, where somebody has waited for something else, is now one of those who wait
/// for this mutex; at its head if nobody has it.
void mutex::give_or_queue(wait_place& place) noexcept {
  place.leave_queue();
  place.ended = wait_place::heed_nothing;
  append(place);
  holder == nullptr ? give_to_next(*this) : become_wanted();
}

void mutex::give_to_next(holdable& self) noexcept {
  auto& released = static_cast<mutex&>(self);
  released.holder = nullptr;
  if (released.empty()) return;
  released.become_of(released.wake_first().who);
  if (!released.empty()) released.become_wanted();
}

}  // namespace bobbin
