/// Who serves the interrupts of which device. A driver that is not in the image is not asked.
#pragma once

namespace bobbin {

/// Static: once entered, it stays.
struct interrupt_server {
  void (*serve)() noexcept;            ///< called in the handler
  unsigned line = 0;
  interrupt_server* next = nullptr;
};

/// From now on `server` serves the interrupts of `line`.
void enter(interrupt_server& server, unsigned line) noexcept;

}  // namespace bobbin
