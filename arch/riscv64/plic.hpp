/// The platform-level interrupt controller, as far as one hart needs it.
/// Source: RISC-V Platform-Level Interrupt Controller Specification 1.0.0, chapters 3 to 9.
#pragma once

#include <cstdint>

namespace bobbin::isa {

class plic {
 public:
  constexpr plic() noexcept = default;

  /// `context` is what interrupts S-mode of this hart.
  constexpr plic(std::uintptr_t base, unsigned context) noexcept : base_{base}, context_{context} {}

  /// Lets `line` through to this hart.
  void enable(unsigned line) const noexcept {
    at(priority + 4 * line) = 1;
    auto& lines = at(enables + 0x80 * context_ + line / 32 * 4);
    lines = lines | 1u << line % 32;
    at(thresholds + 0x1000 * context_) = 0;
  }

  /// The line that interrupts, now being served; 0 if none does.
  unsigned claim() const noexcept { return at(claims + 0x1000 * context_); }

  void complete(unsigned line) const noexcept { at(claims + 0x1000 * context_) = line; }

 private:
  enum : std::uintptr_t { priority = 0, enables = 0x2000, thresholds = 0x20'0000, claims = 0x20'0004 };

  volatile std::uint32_t& at(std::uintptr_t offset) const noexcept {
    return *reinterpret_cast<volatile std::uint32_t*>(base_ + offset);
  }

  std::uintptr_t base_ = 0x0c00'0000;
  unsigned context_ = 1;
};

}  // namespace bobbin::isa
