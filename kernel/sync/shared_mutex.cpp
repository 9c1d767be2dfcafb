#include <sync/shared_mutex.hpp>

namespace bobbin {

bool shared_mutex::enter(bool reads, wait_place::ending ended, clock::time_point deadline) noexcept {
  control_block& self = *this_hart().current;
  if (!reads && holder == &self && deadline == clock::never)
    refuse({"locked by the task that holds it", "lock it in one place only"}, *this, own_frame());
  mask_to_wait(*this);
  if (empty() && free_for(reads)) {
    give_to(self, reads);
    arch::interrupts::unmask();
    return true;
  }
  place here{ended, reads};
  return wait_masked_until(*this, here, deadline) == wait_status::ok;
}

void shared_mutex::unlock() noexcept {
  if (holder != this_hart().current)
    refuse({"unlocked by a task that does not hold it", "who locks it unlocks it"}, *this, own_frame());
  const interrupts_masked guard;
  leave_holder();
  let_go_of(*this);
}

void shared_mutex::unlock_shared() noexcept {
  const interrupts_masked guard;
  if (readers_ == 0) refuse({"unlocked although nobody reads", "who locks it unlocks it"}, *this, own_frame());
  --readers_;
  admit();
}

void shared_mutex::give_to(control_block& task, bool reads) noexcept {
  if (reads)
    ++readers_;
  else
    become_of(task);
}

/// Those at the head of the queue who may have it now get it.
void shared_mutex::admit() noexcept {
  while (!empty()) {
    auto& next = static_cast<place&>(first());
    if (!free_for(next.reads)) return;
    next.wake();
    give_to(next.who, next.reads);
  }
}

/// Who gives up to write may have been all that those behind it waited for.
void shared_mutex::leave_queue(wait_place& self, wait_status why) noexcept {
  auto& left = *static_cast<shared_mutex*>(self.queue);
  self.leave(why);
  left.admit();
}

void shared_mutex::let_go_of(holdable& self) noexcept {
  auto& released = static_cast<shared_mutex&>(self);
  released.holder = nullptr;
  released.admit();
}

}  // namespace bobbin
