/// Whether interrupts may come now. Tasks run with interrupts enabled, handlers with interrupts masked.
#pragma once

#include <core/machine.hpp>

#include <concepts>

namespace bobbin::arch {

template <class Interrupts>
concept interrupt_mask = requires {
  { Interrupts::mask() } noexcept -> std::same_as<void>;
  /// The same, and says whether they were enabled before.
  { Interrupts::mask_nested() } noexcept -> std::same_as<bool>;
  { Interrupts::unmask() } noexcept -> std::same_as<void>;
  /// Called masked: sleeps until an interrupt is pending, lets it be served, and returns masked. May return early.
  { Interrupts::wait() } noexcept -> std::same_as<void>;
};

/// Starts the interrupt controller and the time base and enables interrupts, with all devices still silent.
void start_interrupts(const machine&) noexcept;

/// Lets interrupts of the device at `line` (of the PLIC, of the I/O APIC) reach this hart.
void enable_device_interrupt(unsigned line) noexcept;

}  // namespace bobbin::arch

#include <isa/interrupts.hpp>

namespace bobbin::arch {
using isa::interrupts;
static_assert(interrupt_mask<interrupts>);
}  // namespace bobbin::arch
