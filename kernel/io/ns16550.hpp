/// The 16550 serial port: the same chip on both machines, memory-mapped on one, behind I/O ports on the other.
/// Source: PC16550D data sheet (National Semiconductor, 1995), section 8.
#pragma once

#include <arch/io.hpp>

#include <cstdint>

namespace bobbin {

class ns16550 {
 public:
  constexpr explicit ns16550(std::uintptr_t base) noexcept : registers_{base} {}

  /// 8 data bits, no parity, 1 stop bit, FIFOs on and emptied, no interrupts. The rate is left as it is.
  void reset() const noexcept {
    registers_.write(interrupt_enable, 0);
    registers_.write(line_control, eight_bits);
    registers_.write(fifo_control, fifo_enable_and_clear);
    registers_.write(modem_control, ready_and_interrupts_out);
  }

  /// Whether the port interrupts while input waits.
  void interrupt_for_input(bool wanted) const noexcept { registers_.write(interrupt_enable, wanted ? 1 : 0); }

  /// Whether input was lost in the chip since the last call, for want of somebody to take it.
  bool overrun() const noexcept { return registers_.read(line_status) & input_lost; }

  /// Waits for room, then sends.
  void put(std::uint8_t byte) const noexcept {
    while ((registers_.read(line_status) & room_to_send) == 0) {}
    registers_.write(data, byte);
  }

  bool has_input() const noexcept { return registers_.read(line_status) & input_waits; }

  /// The next byte received; only when has_input.
  std::uint8_t get() const noexcept { return registers_.read(data); }

 private:
  enum register_offset : unsigned { data = 0, interrupt_enable = 1, fifo_control = 2, line_control = 3, modem_control = 4, line_status = 5 };
  enum : std::uint8_t {
    eight_bits = 0x03,
    fifo_enable_and_clear = 0x07,
    ready_and_interrupts_out = 0x0b,  // OUT2 connects the interrupt on a PC
    input_waits = 0x01,
    input_lost = 0x02,
    room_to_send = 0x20,
  };

  arch::device_registers registers_;
};

}  // namespace bobbin
