#include <task/wait_queue.hpp>

namespace bobbin {

[[gnu::noinline, gnu::cold]] void refuse(mistake done, const waitable& what, const void* frame) noexcept {
  misuse(done, what.name ? what.name : what.kind, frame ? frame : own_frame());
}

/// Waiting when there is anything out of the ordinary, or not at all.
[[gnu::noinline]] wait_status wait_queue::wait_carefully(wait_place& place) noexcept {
  keep_frame();
  if (place.broken != nullptr && place.who.is(special::stop_requested)) {
    arch::interrupts::unmask();
    this_hart().yield();
    return wait_status::stopped;
  }
  this_hart().check_stack_before_queueing();
  place.link_before(*this);
  this_hart().block_masked(&place);
  return place.how;
}

void wait_queue::wait_masked() noexcept {
  static constexpr waitable something{"something"};
  wait_place place{something, nullptr};
  wait_masked(place);
}

void control_block::stop() noexcept {
  const interrupts_masked guard;
  make(special::stop_requested);
  if (wait_place* const place = place_of(*this)) place->break_off(wait_status::stopped);
}

}  // namespace bobbin
