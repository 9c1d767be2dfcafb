#include <task/wait_queue.hpp>

namespace bobbin {

[[gnu::noinline, gnu::cold]] void refuse(mistake done, const waitable& what, const void* frame) noexcept {
  misuse(done, what.name ? what.name : what.kind, frame ? frame : own_frame());
}

wait_status wait_queue::wait_masked(wait_place& place) noexcept {
  if (place.ended != wait_place::heed_nothing && place.who.is(special::stop_requested)) {
    arch::interrupts::unmask();
    this_hart().yield();
    return wait_status::stopped;
  }
  this_hart().check_stack_before_queueing();
  append(place);
  place.since = arch::clock::stamp_now();
  this_hart().block_masked(&place);
  return place.how;
}

[[gnu::cold]] bool wait_queue::wake_one_masked() noexcept {
  if (empty()) return false;
  wake_first();
  return true;
}

/// Nothing can be waited for there any more.
void wait_place::forget() noexcept {
  static constinit wait_queue gone{"something that is gone"};
  leave_queue();
  gone.append(*this);
}

void wait_queue::end_all(wait_status why) noexcept {
  for (;;) {
    const interrupts_masked guard;
    if (empty()) return;
    first().end(why);
  }
}

void holdable::leave_holder() noexcept {
  holdable** link = &holder->held;
  while (*link != this) link = &(*link)->below;
  *link = below;
}

void hart::give_up_held(control_block& task) noexcept {
  const interrupts_masked guard;
  while (holdable* const left = task.held) {
    on_abandoned(*left, task);
    left->leave_holder();
    left->pass_on(*left);
  }
}

void forget_waitables_within(std::span<const std::byte> dead) noexcept {
  const auto is_dead = [dead](const void* object) {
    const auto* at = static_cast<const std::byte*>(object);
    return at >= dead.data() && at < dead.data() + dead.size();
  };
  const interrupts_masked guard;
  for_each_task([&](control_block& task) {
    if (!task.alive()) return;
    for (holdable** link = &task.held; *link != nullptr;)
      is_dead(*link) ? *link = (*link)->below : *(link = &(*link)->below);
    wait_place* const place = place_of(task);
    if (place == nullptr) return;
    const auto* const group = waitables::from(*place->queue);
    for (wait_place* const each : group ? group->places : std::span<wait_place* const>{&place, 1})
      if (is_dead(each->queue)) each->forget();
  });
}

void wait_queue::wait_masked() noexcept {
  wait_place place{wait_place::heed_nothing};
  wait_masked(place);
}

void control_block::stop() noexcept {
  const interrupts_masked guard;
  make(special::stop_requested);
  if (alive()) set_switched_at(0);  // whatever it does next, it takes the careful way
  if (wait_place* const place = place_of(*this)) place->end(wait_status::stopped);
}

}  // namespace bobbin
