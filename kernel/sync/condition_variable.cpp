#include <sync/condition_variable.hpp>

namespace bobbin {

cv_status condition_variable::wait_before(unique_lock<mutex>& lock, clock::time_point deadline) noexcept {
  if (!lock.owns_lock() || !lock.mutex()->is_mine())
    refuse({"waited for without holding the mutex", "lock it, then look, then wait"}, *this, own_frame());
  mutex& locked = *lock.mutex();
  mask_to_wait(*this);
  place here{locked};
  locked.unlock();
  const wait_status how = wait_masked_until(*this, here, deadline);
  if (!locked.is_mine()) locked.lock();  // it was not notified
  return how == wait_status::ok ? cv_status::no_timeout : how == wait_status::stopped ? cv_status::stopped : cv_status::timeout;
}

void condition_variable::notify(std::uint32_t at_most) noexcept {
  for (; at_most > 0 && !empty(); --at_most) {
    if (!arch::interrupts::mask_nested())
      refuse({"notified with interrupts masked", "in a handler, release a semaphore or set an event"}, *this, own_frame());
    if (!empty()) {
      auto& next = static_cast<place&>(first());
      next.locked.give_or_queue(next);
    }
    arch::interrupts::unmask();
  }
}

}  // namespace bobbin
