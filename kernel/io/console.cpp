#include <arch/interrupts.hpp>
#include <arch/machine.hpp>
#include <core/algorithm.hpp>
#include <core/byte_queue.hpp>
#include <io/console.hpp>
#include <io/device_interrupts.hpp>
#include <io/ns16550.hpp>
#include <io/readiness.hpp>
#include <task/interrupts_masked.hpp>

namespace bobbin {
namespace console {
namespace {

constexpr std::size_t input_bytes = 4096;

constinit std::optional<ns16550> port;
constinit bool at_start_of_line = true;

// Filled by the handler, emptied by readers; all with interrupts masked.
constinit byte_queue<input_bytes> input;
constinit readiness typed{"input"};

/// Takes what the port has. When there is no room it stays there, and the sender has to wait.
void receive() noexcept {
  while (!input.full() && port->has_input()) input.push(port->get());
  if (input.full()) port->interrupt_for_input(false);
  if (!input.empty()) typed.announce();
}

constinit interrupt_server receiver{receive};

/// With interrupts masked: as many bytes as there are and fit. What is left is for who waits next.
std::size_t take(std::span<std::byte> into) noexcept {
  if (input.empty()) return 0;
  const bool was_full = input.full();
  std::size_t count = 0;
  while (count < into.size() && !input.empty()) into[count++] = std::byte{input.pop()};
  if (was_full) port->interrupt_for_input(true);
  if (!input.empty()) typed.announce();
  return count;
}

constexpr std::size_t most_at_once = 64;  // interrupts are masked meanwhile

}  // namespace

void start(std::uintptr_t uart) noexcept {
  port.emplace(uart);
  while (port->has_input() && !input.full()) input.push(port->get());  // typed before there was a kernel
  port->reset();
}

void start_input(unsigned line) noexcept {
  enter(receiver, line);
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
  std::byte byte;
  const interrupts_masked guard;
  if (take({&byte, 1}) == 0) return std::nullopt;
  return std::to_integer<std::uint8_t>(byte);
}

std::optional<std::uint8_t> read_before(clock::time_point deadline) noexcept {
  std::byte byte;
  if (!stream.read_some_until({&byte, 1}, deadline)) return std::nullopt;
  return std::to_integer<std::uint8_t>(byte);
}

io_result terminal::read_before(std::span<std::byte> into, clock::time_point deadline) noexcept {
  if (into.empty()) return {};
  std::size_t count = 0;
  const auto some = into.first(std::min(into.size(), most_at_once));
  const wait_status how = typed.wait_until(deadline, [&] { return (count = take(some)) > 0; });
  return {count, how};
}

io_result terminal::write_before(std::span<const std::byte> bytes, clock::time_point) noexcept {
  write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return {bytes.size()};
}

std::uint32_t overruns() noexcept { return port ? port->overruns() : 0; }

sink output() noexcept {
  return {[](void*, std::string_view text) { write(text); }, nullptr};
}

}  // namespace console
}  // namespace bobbin
