#include "virtio_console.hpp"

#include <arch/virtio.hpp>

namespace bobbin::isa {

std::optional<virtio_device> virtio_device::find(virtio::kind kind) noexcept {
  if (kind != virtio::kind::console || !console_ports.exists()) return std::nullopt;
  return virtio_device{};
}

void virtio_device::enable_interrupt() const noexcept { console_ports.enable_interrupt(); }
unsigned virtio_device::line() const noexcept { return virtio_console::line; }
void virtio_device::acknowledge_interrupt() const noexcept { console_ports.acknowledge_interrupt(); }
std::uint8_t virtio_device::status() const noexcept { return console_ports.status(); }
void virtio_device::set_status(std::uint8_t status) const noexcept { console_ports.set_status(status); }
std::uint64_t virtio_device::features() const noexcept { return virtio::version_1 | virtio::console::multiport; }
void virtio_device::accept_features(std::uint64_t) const noexcept {}
std::uint16_t virtio_device::queue_size(unsigned queue) const noexcept { return console_ports.queue_size(queue); }
void virtio_device::start_queue(unsigned queue, const virtio::queue_memory& memory) const noexcept {
  console_ports.start_queue(queue, memory);
}
void virtio_device::notify(unsigned) const noexcept { console_ports.notify(); }
std::uint32_t virtio_device::config(unsigned offset) const noexcept { return console_ports.config(offset); }

}  // namespace bobbin::isa
