#include "uart.hpp"

#include "system.hpp"

#include <arch/interrupts.hpp>
#include <arch/io.hpp>
#include <arch/machine.hpp>

#include <errno.h>
#include <poll.h>

#include <utility>

namespace bobbin::isa {
namespace {

enum register_offset : unsigned {
  data = 0,
  interrupt_enable = 1,
  fifo_control = 2,
  modem_control = 4,
  line_status_register = 5,
};
enum : std::uint8_t {
  input_waits = 0x01,
  input_lost = 0x02,
  room_to_send = 0x60,
  loop_back = 0x10,
  fifos_enabled = 0x01,
  end_of_input = 0x04,
};

}  // namespace

constinit uart serial_port;

bool uart::loops_back() const noexcept { return modem_control_ & loop_back; }

std::uint8_t uart::read(unsigned offset) noexcept {
  switch (offset) {
    case data: return fifo_.empty() ? 0 : fifo_.pop();
    case interrupt_enable: return interrupt_enable_;
    case modem_control: return modem_control_;
    case line_status_register: return line_status();
    default: return 0;
  }
}

void uart::write(unsigned offset, std::uint8_t value) noexcept {
  switch (offset) {
    case data: loops_back() ? receive(value) : arch::early_write(static_cast<char>(value)); break;
    case fifo_control: fifos_on_ = value & fifos_enabled; break;
    case modem_control: modem_control_ = value; break;
    case interrupt_enable:
      interrupt_enable_ = value;
      if (interrupting()) interrupts::raise();
      break;
    default: break;
  }
}

std::uint8_t uart::line_status() noexcept {
  fill();
  return room_to_send | (fifo_.empty() ? 0 : input_waits) | (std::exchange(overrun_, false) ? input_lost : 0);
}

bool uart::interrupting() noexcept {
  if (interrupt_enable_ == 0) return false;
  fill();
  return !fifo_.empty();
}

void uart::receive(std::uint8_t byte) noexcept {
  if (fifo_.full())
    overrun_ = true;
  else
    fifo_.push(byte);
  if (interrupt_enable_ != 0) interrupts::raise();
}

/// Takes from standard input what is there, if there is anything and the FIFO is empty. Tasks come here, and handlers.
void uart::fill() noexcept {
  const bool were_enabled = interrupts::mask_nested();
  if (fifo_.empty() && takes_input()) take_input();
  if (were_enabled) interrupts::unmask();
}

void uart::take_input() noexcept {
  pollfd input{.fd = standard_input, .events = POLLIN, .revents = 0};
  if (system_call(SYS_poll, &input, 1, 0) <= 0) return;
  std::uint8_t bytes[16];
  const long count = system_call(SYS_read, standard_input, bytes, sizeof bytes);
  ended_ = count == 0 || (count < 0 && count != -EAGAIN && count != -EINTR);
  for (long i = 0; i < count; ++i) receive(bytes[i]);
  if (ended_) receive(end_of_input);
}

std::uint8_t device_registers::read(unsigned offset) const noexcept { return serial_port.read(offset); }
void device_registers::write(unsigned offset, std::uint8_t value) const noexcept { serial_port.write(offset, value); }

}  // namespace bobbin::isa
