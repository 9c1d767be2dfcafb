/// The serial port sends to itself: input, whenever a case wants some.
#pragma once

#include "harness.hpp"

#include <arch/cpu.hpp>
#include <arch/io.hpp>
#include <bobbin.hpp>
#include <devices.hpp>
#include <task/interrupts_masked.hpp>

#include <string_view>

namespace loopback {

inline constexpr int fifo_bytes = 16;

/// Has the port receive these bytes at once, and hold them until interrupts are enabled.
inline void receive(std::string_view bytes) {
  enum : unsigned { data = 0, modem_control = 4 };
  constexpr std::uint8_t loop_back = 1 << 4;
  const bobbin::interrupts_masked guard;
  const bobbin::arch::device_registers port{devices::serial_port};
  const std::uint8_t before = port.read(modem_control);
  port.write(modem_control, before | loop_back);
  for (const char byte : bytes) port.write(data, static_cast<std::uint8_t>(byte));
  port.write(modem_control, before);
}

/// The same, and waits until the handler has taken them: a few bytes interrupt when no more have come for a while.
inline void deliver(std::string_view bytes) {
  constexpr unsigned line_status = 5;
  constexpr std::uint8_t input_waits = 1;
  receive(bytes);
  const bobbin::arch::device_registers port{devices::serial_port};
  while (port.read(line_status) & input_waits) bobbin::arch::cpu::pause();
}

/// What scripts/run sends when its input has ended.
inline void take_end_of_input() { CHECK_EQ(*bobbin::console::read(), 4); }

}  // namespace loopback
