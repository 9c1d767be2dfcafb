/// Whether interrupts may come, hosted. Signals are the interrupts, and a flag says whether they are masked: a signal that
/// comes then leaves a note, and unmasking looks at that. So both cost an instruction or two, and no system call.
#pragma once

namespace bobbin::isa {

class interrupts {
 public:
  [[gnu::always_inline]] static inline void mask() noexcept {
    enabled_ = false;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
  }

  [[gnu::always_inline]] static inline bool mask_nested() noexcept {
    const bool before = enabled_;
    mask();
    return before;
  }

  [[gnu::always_inline]] static inline void unmask() noexcept {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    enabled_ = true;
    if (pending_) [[unlikely]] signal_oneself();
  }

  /// Everything that may end the wait is looked at by its level, so a signal that comes before it takes nothing away.
  static void wait() noexcept;

  /// Has the devices looked at, as soon as interrupts are enabled.
  static void raise() noexcept {
    pending_ = true;
    if (enabled_) signal_oneself();
  }

  /// For the handler of a signal: whether it may go on. Otherwise that is noted.
  static bool enter() noexcept {
    pending_ = !enabled_;
    return mask_nested();
  }

  /// The end of that handler, which has looked at all devices.
  static void leave() noexcept {
    pending_ = false;
    unmask();
  }

 private:
  static void signal_oneself() noexcept;

  static inline constinit volatile bool enabled_ = false;  ///< written by tasks and handlers, which leave it as it was
  static inline constinit volatile bool pending_ = false;  ///< set by handlers while interrupts are masked
};

}  // namespace bobbin::isa
