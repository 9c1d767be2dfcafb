#include <sync/latch.hpp>

namespace bobbin {

void latch::count_down(std::ptrdiff_t update) noexcept {
  {
    const interrupts_masked guard;
    if (update < 0 || update > left_) refuse({"counted down below zero", "expect as many as there are"}, *this, own_frame());
    left_ -= update;
  }
  if (try_wait()) wake_all();
}

bool latch::wait_before(clock::time_point deadline) noexcept {
  mask_to_wait(*this);
  if (try_wait()) {
    arch::interrupts::unmask();
    return true;
  }
  wait_place place;
  return wait_masked_until(*this, place, deadline) == wait_status::ok;
}

}  // namespace bobbin
