#include "system.hpp"
#include "uart.hpp"
#include "virtio_console.hpp"

#include <arch/clock.hpp>
#include <arch/interrupts.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include <algorithm>

namespace bobbin {
namespace {

/// What ends the idle hart's wait besides the time. Not on the stack in use, which may be a small one.
constinit pollfd awaited[1 + virtio::console::usable_ports] = {};

std::size_t note_awaited() noexcept {
  awaited[0] = {.fd = isa::serial_port.listening() ? isa::standard_input : -1, .events = POLLIN, .revents = 0};
  const auto sockets = isa::console_ports.wanted();
  std::ranges::copy(sockets, awaited + 1);
  return 1 + sockets.size();
}

}  // namespace

/// Comes in at once, on the signal stack: before the system call returns.
void isa::interrupts::signal_oneself() noexcept {
  const long self = system_call(SYS_getpid);
  system_call(SYS_tgkill, self, self, SIGALRM);
}

void isa::interrupts::wait() noexcept {
  if (!serial_port.interrupting() && !console_ports.busy()) {
    const std::uint64_t now = clock::ticks(), alarm = clock::alarm();
    const std::uint64_t left = alarm > now ? alarm - now : 0, second = clock::ticks_per_second();
    const timespec timeout{static_cast<time_t>(left / second), static_cast<long>(left % second)};
    system_call(SYS_ppoll, awaited, note_awaited(), alarm == clock::never ? nullptr : &timeout, nullptr);
  }
  pending_ = true;
  unmask();
  mask();
}

void arch::start_interrupts(const machine&) noexcept {
  isa::clock::start();
  interrupts::unmask();
}

/// Input comes by itself, which Linux tells with SIGIO; what cannot do so, such as a file, is always there.
void arch::enable_device_interrupt(unsigned) noexcept {
  isa::system_call(SYS_fcntl, isa::standard_input, F_SETOWN, isa::system_call(SYS_getpid));
  const long flags = isa::system_call(SYS_fcntl, isa::standard_input, F_GETFL);
  isa::system_call(SYS_fcntl, isa::standard_input, F_SETFL, flags | O_ASYNC);
}

}  // namespace bobbin
