/// A 16550 in software between the kernel's driver and the standard streams: see kernel/io/ns16550.hpp, which drives it.
///
/// Standard input is the other end of the line, and waits while the FIFO is full. Its end arrives as Ctrl-D, once.
#pragma once

#include <core/byte_queue.hpp>

#include <cstdint>

namespace bobbin::isa {

class uart {
 public:
  static constexpr unsigned line = 4;  ///< of its interrupt

  std::uint8_t read(unsigned offset) noexcept;
  void write(unsigned offset, std::uint8_t value) noexcept;

  /// Whether it interrupts now: input is there, and wanted.
  bool interrupting() noexcept;

  /// Whether it will, as soon as standard input has something.
  bool listening() const noexcept { return interrupt_enable_ != 0 && takes_input(); }

 private:
  bool takes_input() const noexcept { return fifos_on_ && !ended_ && !loops_back(); }
  bool loops_back() const noexcept;
  std::uint8_t line_status() noexcept;
  void receive(std::uint8_t byte) noexcept;
  void fill() noexcept;
  void take_input() noexcept;

  byte_queue<16> fifo_;
  std::uint8_t interrupt_enable_ = 0, modem_control_ = 0;
  bool fifos_on_ = false;  ///< from then on there is somebody to take input
  bool overrun_ = false;
  bool ended_ = false;     ///< of standard input
};

/// The only one.
extern constinit uart serial_port;

}  // namespace bobbin::isa
