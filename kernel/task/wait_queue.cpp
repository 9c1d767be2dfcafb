#include <core/algorithm.hpp>
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
  place.since = this_hart().moment;
  this_hart().block_masked(&place);
  return place.how();
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

held_link& holdable::link() noexcept {
  held_link* link = &holder->held;
  while (link->to() != this) link = &link->to()->below;
  return *link;
}

void holdable::leave_holder() noexcept {
  link() = below;
  if constexpr (has_priorities) lend();
}

// ---- Priorities. Who waits longest still gets it first: but who has it goes before all who are less urgent than any who
// waits, so that is not for long.

namespace {

unsigned level_of(const control_block& task) noexcept {
  unsigned level = task.priority.own();
  for (const holdable* each = task.held.to(); each != nullptr; each = each->below.to()) level = std::max(level, each->waiting.highest());
  return level;
}

/// With interrupts masked: `task` runs at the level that it should, and who has what it waits for as well.
void settle(control_block* task) noexcept {
  while (task != nullptr) {
    const unsigned level = level_of(*task);
    if (level == task->priority.level()) return;
    wait_place* const place = place_of(*task);
    holdable* const wanted = place ? place->queue->as_holdable() : nullptr;
    if (wanted) wanted->waiting.remove(task->priority.level());
    this_hart().change_level(*task, level);
    if (wanted) wanted->waiting.add(level);
    task = wanted ? wanted->holder : nullptr;
  }
}

}  // namespace

holdable* wait_queue::as_holdable() noexcept {
  return lending_to_holder.lends() ? static_cast<holdable*>(this) : nullptr;
}

[[gnu::noinline]] void wait_queue::note_arrival(const control_block& who) noexcept {
  holdable* const wanted = as_holdable();
  if (wanted == nullptr) return;
  wanted->waiting.add(who.priority.level());
  wanted->lend();
}

/// Who had what was waited for keeps the level that was lent to it until it lets go of that: so handlers, which end waits,
/// never move a task that is ready.
[[gnu::noinline]] void wait_queue::note_departure(const control_block& who) noexcept {
  if (holdable* const wanted = as_holdable()) wanted->waiting.remove(who.priority.level());
}

void holdable::lend() noexcept {
  if constexpr (has_priorities) settle(holder);
}

[[gnu::noinline]] void control_block::prioritise(unsigned level) noexcept {
  if (level >= priority_levels)
    misuse({"given a priority that there is not", "make PRIORITIES=4 gives tasks 0 to 3"}, name ? name : "a task without a name",
           own_frame());
  const interrupts_masked guard;
  priority.set_own(level);
  if (alive())
    settle(this);
  else
    priority.set_level(level);
}

void hart::give_up_held(control_block& task) noexcept {
  const interrupts_masked guard;
  while (holdable* const left = task.held.to()) {
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
    for (held_link* link = &task.held; holdable* const one = link->to();)
      is_dead(one) ? void(*link = one->below) : void(link = &one->below);
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
