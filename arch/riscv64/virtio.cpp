/// Virtio devices behind QEMU virt's slots for them, each a node "virtio,mmio" of the device tree; a slot without a device
/// has one of kind 0. Source: VIRTIO 1.1, section 4.2. QEMU keeps to version 1 with `-global virtio-mmio.force-legacy=false`.
#include "device_tree.hpp"

#include <arch/interrupts.hpp>
#include <arch/virtio.hpp>

namespace bobbin::isa {

extern constinit const void* device_tree_blob;  // machine.cpp

std::optional<virtio_device> virtio_device::find(virtio::kind wanted) noexcept {
  constexpr std::uint32_t magic_value = 0x7472'6976, standard_version = 2;
  std::optional<virtio_device> found;
  device_tree{device_tree_blob}.each_node([&](const device_tree::node& node) {
    const auto interrupts = node.property("interrupts");
    if (found || node.regions() == 0 || interrupts.cells() == 0 || !node.property("compatible").lists("virtio,mmio")) return;
    const virtio_device slot{node.region_at(0).base, static_cast<unsigned>(interrupts.number(0, 1))};
    if (slot.at(magic) == magic_value && slot.at(version) == standard_version &&
        slot.at(device_id) == static_cast<std::uint32_t>(wanted))
      found = slot;
  });
  return found;
}

void virtio_device::enable_interrupt() const noexcept { arch::enable_device_interrupt(line_); }

/// Before the rings are looked at: memory is read after this.
void virtio_device::acknowledge_interrupt() const noexcept {
  at(interrupt_acknowledge) = at(interrupt_status);
  asm volatile("fence io, rw" : : : "memory");
}

std::uint8_t virtio_device::status() const noexcept { return static_cast<std::uint8_t>(at(device_status)); }

void virtio_device::set_status(std::uint8_t status) const noexcept {
  at(device_status) = status;
  while (status == 0 && at(device_status) != 0) {}
}

std::uint64_t virtio_device::features() const noexcept {
  at(device_features_word) = 0;
  const std::uint64_t low = at(device_features);
  at(device_features_word) = 1;
  return low | std::uint64_t{at(device_features)} << 32;
}

void virtio_device::accept_features(std::uint64_t features) const noexcept {
  at(driver_features_word) = 0;
  at(driver_features) = static_cast<std::uint32_t>(features);
  at(driver_features_word) = 1;
  at(driver_features) = static_cast<std::uint32_t>(features >> 32);
}

std::uint16_t virtio_device::queue_size(unsigned queue) const noexcept {
  at(queue_selector) = queue;
  return static_cast<std::uint16_t>(at(queue_size_limit));
}

void virtio_device::start_queue(unsigned queue, const virtio::queue_memory& memory) const noexcept {
  at(queue_selector) = queue;
  at(queue_size_used) = memory.size;
  set_address(queue_descriptors, memory.descriptors);
  set_address(queue_available, memory.available);
  set_address(queue_used, memory.used);
  at(queue_ready) = 1;
}

void virtio_device::set_address(unsigned offset, const void* address) const noexcept {
  const auto value = reinterpret_cast<std::uintptr_t>(address);
  at(offset) = static_cast<std::uint32_t>(value);
  at(offset + 4) = static_cast<std::uint32_t>(value >> 32);
}

void virtio_device::notify(unsigned queue) const noexcept {
  asm volatile("fence rw, o" : : : "memory");
  at(queue_notify) = queue;
}

std::uint32_t virtio_device::config(unsigned offset) const noexcept { return at(configuration + offset); }

}  // namespace bobbin::isa
