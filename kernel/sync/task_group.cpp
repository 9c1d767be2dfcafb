#include <sync/task_group.hpp>

namespace bobbin {

outcome task_group_base::join() noexcept {
  while (running_ > 0) {
    const bool firmly = stopping_;
    mask_to_wait(*this);
    place here{firmly ? wait_place::heed_nothing : nullptr};
    if (wait_masked(here) == wait_status::ok) return here.all;
    request_stop();
  }
  return first_failure_;
}

std::optional<outcome> task_group_base::join_before(clock::time_point deadline) noexcept {
  if (running_ == 0) return first_failure_;
  mask_to_wait(*this);
  place here;
  const wait_status how = wait_masked_until(*this, here, deadline);
  if (how == wait_status::stopped) request_stop();
  return how == wait_status::ok ? std::optional{here.all} : std::nullopt;
}

void task_group_base::request_stop() noexcept {
  stopping_ = running_ > 0;
  for_each_(*this, [](task& each) noexcept { each.request_stop(); });
}

void task_group_base::begun(task& member) noexcept {
  if (running_++ == 0) {
    stopping_ = false;
    first_failure_ = {};
  }
  if (stopping_) member.request_stop();
}

/// With interrupts masked, by the task that ends.
void task_group_base::ended(const outcome& how) noexcept {
  if (!how.ok() && first_failure_.ok()) {
    first_failure_ = how;
    request_stop();
  }
  if (--running_ > 0) return;
  while (!empty()) static_cast<place&>(wake_first()).all = first_failure_;
}

}  // namespace bobbin
