/// Tasks that wait for something, first come first served. Their places in the queue lie on their own stacks.
#pragma once

#include <task/hart.hpp>
#include <task/interrupts_masked.hpp>

namespace bobbin {

class wait_queue {
 public:
  constexpr wait_queue() noexcept = default;
  wait_queue(const wait_queue&) = delete;
  wait_queue& operator=(const wait_queue&) = delete;

  bool empty() const noexcept { return first_ == nullptr; }

  /// Called with interrupts masked, by a task that has seen that it must wait: suspends it until it is woken.
  /// Returns with interrupts enabled.
  void wait_masked() noexcept {
    hart& here = this_hart();
    here.check_stack_before_queueing();
    place self{here.current};
    (first_ ? last_->next : first_) = &self;
    last_ = &self;
    here.block_masked();
  }

  /// Wakes who has waited longest; returns false if nobody waits. Handlers may call this.
  bool wake_one() noexcept {
    const interrupts_masked guard;
    if (first_ == nullptr) return false;
    const place& woken = *first_;
    first_ = woken.next;
    this_hart().wake(*woken.who);
    return true;
  }

 private:
  struct place {
    control_block* who;
    place* next = nullptr;
  };

  place* first_ = nullptr;
  place* last_ = nullptr;
};

}  // namespace bobbin
