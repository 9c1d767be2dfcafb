#include <arch/cpu.hpp>
#include <arch/machine.hpp>
#include <io/console.hpp>
#include <io/ns16550.hpp>
#include <task/this_task.hpp>

namespace bobbin::console {
namespace {

constinit std::optional<ns16550> port;

}  // namespace

void start(std::uintptr_t uart) noexcept {
  port.emplace(uart);
  port->reset();
}

void write(std::string_view text) noexcept {
  for (const char c : text) port ? port->put(static_cast<std::uint8_t>(c)) : arch::early_write(c);
}

std::optional<std::uint8_t> try_read() noexcept {
  if (!port || !port->has_input()) return std::nullopt;
  return port->get();
}

std::uint8_t read() noexcept {
  for (;;) {
    if (const auto byte = try_read()) return *byte;
    arch::cpu::pause();
    this_task::yield();
  }
}

sink output() noexcept {
  return {[](void*, std::string_view text) { write(text); }, nullptr};
}

}  // namespace bobbin::console
