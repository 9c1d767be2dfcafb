#include <core/trap.hpp>
#include <io/device_interrupts.hpp>
#include <task/interrupts_masked.hpp>

#include <utility>

namespace bobbin {
namespace {

constinit interrupt_server* servers = nullptr;  ///< changed with interrupts masked

}  // namespace

void enter(interrupt_server& server, unsigned line) noexcept {
  const interrupts_masked guard;
  server.line = line;
  server.next = std::exchange(servers, &server);
}

void on_device_interrupt(unsigned line) noexcept {
  for (const interrupt_server* each = servers; each != nullptr; each = each->next)
    if (each->line == line) each->serve();
}

}  // namespace bobbin
