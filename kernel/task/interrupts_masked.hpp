/// A stretch of code that no interrupt handler may come into. Keep it short: interrupts wait meanwhile.
#pragma once

#include <arch/interrupts.hpp>

namespace bobbin {

/// Masks interrupts while it lives, like a lock held; nests, and does nothing in a handler, where they are masked.
class [[nodiscard]] interrupts_masked {
 public:
  [[gnu::always_inline]] interrupts_masked() noexcept : were_enabled_{arch::interrupts::mask_nested()} {}
  [[gnu::always_inline]] ~interrupts_masked() {
    if (were_enabled_) arch::interrupts::unmask();
  }
  interrupts_masked(const interrupts_masked&) = delete;
  interrupts_masked& operator=(const interrupts_masked&) = delete;

 private:
  bool were_enabled_;
};

}  // namespace bobbin
