#include <sync/event.hpp>

namespace bobbin {

bool event::wait_before(clock::time_point deadline) noexcept {
  mask_to_wait(*this);
  if (is_set()) {
    arch::interrupts::unmask();
    return true;
  }
  wait_place place;
  return wait_masked_until(*this, place, deadline) == wait_status::ok;
}

}  // namespace bobbin
