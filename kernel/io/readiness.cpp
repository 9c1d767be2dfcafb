#include <io/readiness.hpp>

namespace bobbin {

/// Returns with interrupts enabled.
wait_status readiness::wait_for_device(clock::time_point deadline) noexcept {
  this_hart().check_stack_before_queueing(3);
  ++this_hart().expecting;
  wait_place place;
  const wait_status how = wait_masked_until(*this, place, deadline);
  const interrupts_masked guard;
  --this_hart().expecting;
  return how;
}

}  // namespace bobbin
