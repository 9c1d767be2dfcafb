#include <arch/interrupts.hpp>
#include <arch/machine.hpp>
#include <core/byte_queue.hpp>
#include <core/trap.hpp>
#include <io/console.hpp>
#include <io/ns16550.hpp>
#include <task/interrupts_masked.hpp>
#include <task/wait_queue.hpp>

namespace bobbin {
namespace console {
namespace {

constexpr std::size_t input_bytes = 4096;

constinit std::optional<ns16550> port;
constinit unsigned input_line = 0;
constinit bool at_start_of_line = true;

// Filled by the handler, emptied by readers; all with interrupts masked.
constinit byte_queue<input_bytes> input;
constinit wait_queue readers{"input"};

/// Takes what the port has. When there is no room it stays there, and the sender has to wait.
void receive() noexcept {
  while (!input.full() && port->has_input()) input.push(port->get());
  if (input.full()) port->interrupt_for_input(false);
  if (!input.empty() && readers.wake_one()) --this_hart().expecting;
}

/// With interrupts masked.
std::optional<std::uint8_t> take() noexcept {
  if (input.empty()) return std::nullopt;
  const bool was_full = input.full();
  const std::uint8_t byte = input.pop();
  if (was_full) port->interrupt_for_input(true);
  if (!input.empty() && readers.wake_one()) --this_hart().expecting;
  return byte;
}

}  // namespace

void start(std::uintptr_t uart) noexcept {
  port.emplace(uart);
  while (port->has_input() && !input.full()) input.push(port->get());  // typed before there was a kernel
  port->reset();
}

void start_input(unsigned line) noexcept {
  input_line = line;
  arch::enable_device_interrupt(line);
  port->interrupt_for_input(true);
}

void write(std::string_view text) noexcept {
  for (const char c : text) {
    at_start_of_line = false;  // a fault or an interrupt may come between any two
    port ? port->put(static_cast<std::uint8_t>(c)) : arch::early_write(c);
    at_start_of_line = c == '\n';
  }
}

void start_of_line() noexcept {
  if (!at_start_of_line) write("\n");
}

std::optional<std::uint8_t> try_read() noexcept {
  const interrupts_masked guard;
  return take();
}

std::uint8_t read() noexcept {
  for (;;) {
    arch::interrupts::mask();
    if (const auto byte = take()) {
      arch::interrupts::unmask();
      return *byte;
    }
    this_hart().check_stack_before_queueing();
    ++this_hart().expecting;
    wait_place place{wait_place::heed_nothing};
    readers.wait_masked(place);
  }
}

std::uint32_t overruns() noexcept { return port ? port->overruns() : 0; }

sink output() noexcept {
  return {[](void*, std::string_view text) { write(text); }, nullptr};
}

}  // namespace console

void on_device_interrupt(unsigned line) noexcept {
  if (line == console::input_line) console::receive();
}

}  // namespace bobbin
