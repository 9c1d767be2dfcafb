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
    registers_.write(fifo_control, fifo_enable_and_clear | interrupt_at_8_bytes);
    registers_.write(modem_control, ready_and_interrupts_out);
  }

  /// Whether the port interrupts while input waits.
  void interrupt_for_input(bool wanted) const noexcept { registers_.write(interrupt_enable, wanted ? 1 : 0); }

  /// How often it was seen that input had been lost in the chip, for want of somebody to take it.
  std::uint32_t overruns() const noexcept { return overruns_; }

  /// Waits for room, then sends.
  void put(std::uint8_t byte) noexcept {
    while ((status() & room_to_send) == 0) {}
    registers_.write(data, byte);
  }

  bool has_input() noexcept { return status() & input_waits; }

  /// The next byte received; only when has_input.
  std::uint8_t get() const noexcept { return registers_.read(data); }

 private:
  enum register_offset : unsigned { data = 0, interrupt_enable = 1, fifo_control = 2, line_control = 3, modem_control = 4, line_status = 5 };
  enum : std::uint8_t {
    eight_bits = 0x03,
    fifo_enable_and_clear = 0x07,
    interrupt_at_8_bytes = 0x80,  // of 16; of fewer when no more have come for as long as four take
    ready_and_interrupts_out = 0x0b,  // OUT2 connects the interrupt on a PC
    input_waits = 0x01,
    input_lost = 0x02,
    room_to_send = 0x20,
  };

  /// The chip says only once that input was lost: to whoever asks for its status next.
  std::uint8_t status() noexcept {
    const std::uint8_t status = registers_.read(line_status);
    if (status & input_lost) overruns_ = overruns_ + 1;
    return status;
  }

  arch::device_registers registers_;
  std::uint32_t overruns_ = 0;  ///< written by readers and writers, handlers among them: at least so many
};

}  // namespace bobbin
