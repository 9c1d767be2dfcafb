/// The interrupt controllers of a PC: one local APIC a processor, which also has the timer, and the I/O APIC, which
/// takes the devices' lines; and the pair of PICs that came before, which only has to be kept quiet.
/// Sources: Intel SDM 3A, chapter 10; Intel 82093AA (I/O APIC) and 8259A (PIC) datasheets.
#pragma once

#include "vectors.h"

#include <isa/io.hpp>

#include <cstdint>

namespace bobbin::isa {

/// The local APIC of the processor that asks.
class local_apic {
 public:
  /// Lets interrupts in. The PICs' line stays shut, whatever the firmware used it for.
  static void enable() noexcept {
    constexpr std::uint32_t software_enable = 1 << 8;
    at(lowest_priority) = 0;
    at(pic_entry) = masked;
    at(timer_entry) = TIMER_VECTOR;  // once, not periodically
    at(timer_divider) = divide_by_1;
    at(spurious) = software_enable | SPURIOUS_VECTOR;
  }

  static std::uint32_t id() noexcept { return at(own_id) >> 24; }
  static void end_of_interrupt() noexcept { at(end) = 0; }

  /// Interrupts by TIMER_VECTOR after `count` steps, 0 for never. Replaces what was set before.
  static void start_timer(std::uint32_t count) noexcept { at(timer_initial) = count; }
  static std::uint32_t timer_left() noexcept { return at(timer_current); }

 private:
  enum : std::uintptr_t {
    own_id = 0x20, lowest_priority = 0x80, end = 0xb0, spurious = 0xf0, timer_entry = 0x320, pic_entry = 0x350,
    timer_initial = 0x380, timer_current = 0x390, timer_divider = 0x3e0,
  };
  static constexpr std::uint32_t masked = 1 << 16, divide_by_1 = 0b1011;

  static volatile std::uint32_t& at(std::uintptr_t offset) noexcept {
    constexpr std::uintptr_t base = 0xfee0'0000;
    return *reinterpret_cast<volatile std::uint32_t*>(base + offset);
  }
};

class io_apic {
 public:
  constexpr io_apic() noexcept = default;
  constexpr explicit io_apic(std::uintptr_t base) noexcept : base_{base} {}

  void mask_all() const noexcept {
    const unsigned last = read(version) >> 16 & 0xff;
    for (unsigned line = 0; line <= last; ++line) write(entry + 2 * line, masked);
  }

  /// Lets `line` through to the local APIC `destination`. By level: a line that is up already must not be missed.
  void enable(unsigned line, std::uint32_t destination) const noexcept {
    constexpr unsigned isa_lines = 16;  // these are active high, PCI's are active low
    constexpr std::uint32_t active_low = 1 << 13, by_level = 1 << 15;
    write(entry + 2 * line + 1, destination << 24);
    write(entry + 2 * line, (FIRST_LINE_VECTOR + line) | by_level | (line < isa_lines ? 0 : active_low));
  }

 private:
  enum : std::uint32_t { version = 1, entry = 0x10 };
  static constexpr std::uint32_t masked = 1 << 16;

  std::uint32_t read(std::uint32_t index) const noexcept {
    at(selector) = index;
    return at(window);
  }

  void write(std::uint32_t index, std::uint32_t value) const noexcept {
    at(selector) = index;
    at(window) = value;
  }

  enum : std::uintptr_t { selector = 0, window = 0x10 };

  volatile std::uint32_t& at(std::uintptr_t offset) const noexcept {
    return *reinterpret_cast<volatile std::uint32_t*>(base_ + offset);
  }

  std::uintptr_t base_ = 0xfec0'0000;
};

/// Masks all lines of the PICs. What they may say nevertheless, the spurious interrupt of their line 7, goes where the
/// local APIC's goes.
inline void silence_pics() noexcept {
  constexpr port commands[] = {0x20, 0xa0}, data[] = {0x21, 0xa1};
  constexpr std::uint8_t initialise = 0x11, cascade[] = {1 << 2, 2}, mode_8086 = 1;
  for (unsigned i = 0; i < 2; ++i) {
    out_byte(commands[i], initialise);
    out_byte(data[i], SPURIOUS_VECTOR - 7);
    out_byte(data[i], cascade[i]);
    out_byte(data[i], mode_8086);
    out_byte(data[i], 0xff);
  }
}

}  // namespace bobbin::isa
