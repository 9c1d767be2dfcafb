#include <sync/barrier.hpp>

namespace bobbin {

bool barrier_base::count_in(std::ptrdiff_t update) noexcept {
  if (update <= 0 || update > left_)
    refuse({"arrived at by more than were expected", "expect as many as take part"}, *this, own_frame());
  left_ -= update;
  return left_ == 0;
}

void barrier_base::next_phase() noexcept {
  left_ = expected_;
  ++phase_;
  wake_all();
}

bool barrier_base::wait_before(std::uint32_t phase, clock::time_point deadline) noexcept {
  if (phase != phase_) return true;
  mask_to_wait(*this);
  wait_place place;
  return wait_masked_until(*this, place, deadline) == wait_status::ok;
}

}  // namespace bobbin
