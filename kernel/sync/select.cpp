#include <sync/select.hpp>

namespace bobbin {

selection::own_place::own_place(selection& whole) noexcept : wait_place{ended}, whole{whole} {}

void selection::own_place::ended(wait_place& self, wait_status why) noexcept {
  static_cast<own_place&>(self).whole.leave_queues();
  self.leave(why);
}

int selection::wait(clock::time_point deadline) noexcept {
  if (own_.who.is(special::stop_requested)) leave_queues();  // it lets the others run, and what they do is not for it
  (void)wait_masked_until(all_, own_, deadline);
  if (chosen_ == nothing_selected) {
    const interrupts_masked guard;
    leave_queues();  // the deadline was over before the wait began, or the task asked to stop
  }
  return chosen_;
}

void selection::choose(wait_place& which) noexcept {
  chosen_ = 0;
  while (all_.places[static_cast<std::size_t>(chosen_)] != &which) ++chosen_;
  leave_queues();
  if (own_.queued()) own_.leave(wait_status::ok);  // or else its deadline was over before the wait began
}

void selection::leave_queues() noexcept {
  for (wait_place* const place : all_.places)
    if (place->queued()) place->leave_queue();
}

}  // namespace bobbin
