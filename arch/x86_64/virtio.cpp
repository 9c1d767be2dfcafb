/// Virtio devices behind PCI. Their registers lie in memory regions that vendor capabilities tell of; they interrupt by
/// messages to the local APIC, so it does not matter how the board connects interrupt lines.
/// Source: VIRTIO 1.1, section 4.1; Intel SDM 3A, section 10.11 (messages).
#include "apic.hpp"
#include "device_memory.hpp"
#include "pci.hpp"
#include "vectors.h"

#include <arch/virtio.hpp>

#include <atomic>
#include <cstddef>

namespace bobbin::isa {

/// 4.1.4.3; 64-bit registers are written as two words.
struct virtio_device::common_registers {
  std::uint32_t device_features_word, device_features;
  std::uint32_t driver_features_word, driver_features;
  std::uint16_t config_vector, queues;
  std::uint8_t status, config_generation;
  std::uint16_t queue, queue_size, queue_vector, queue_enable, queue_notification;
  std::uint32_t descriptors[2], available[2], used[2];
};

struct virtio_device::message {
  std::uint32_t address, address_high, data, mask;
};

namespace {

constexpr std::uint16_t vendor_id = 0x1af4, first_device_id = 0x1040, first_transitional_id = 0x1000;

/// 4.1.4: what a vendor capability tells of.
enum class region : std::uint8_t { common = 1, notifications = 2, configuration = 4 };

/// Transitional devices have ids of their own, in another order; a console's is the same but for the base.
bool is_of_kind(const pci_function& function, virtio::kind kind) noexcept {
  const auto number = static_cast<std::uint32_t>(kind);
  const std::uint16_t id = function.device();
  return function.vendor() == vendor_id && (id == first_device_id + number || id == first_transitional_id + number);
}

/// Where the region is that a capability tells of; 0 if it cannot be reached.
std::uintptr_t region_at(const pci_function& function, unsigned bar, std::uint32_t offset) noexcept {
  const std::uintptr_t base = function.base(bar);
  return base != 0 && map_device(base + offset) ? base + offset : 0;
}

void write_address(volatile std::uint32_t (&words)[2], const void* address) noexcept {
  const auto value = reinterpret_cast<std::uintptr_t>(address);
  words[0] = static_cast<std::uint32_t>(value);
  words[1] = static_cast<std::uint32_t>(value >> 32);
}

}  // namespace

std::optional<virtio_device> virtio_device::find(virtio::kind kind) noexcept {
  std::optional<virtio_device> found;
  each_pci_function([&](const pci_function& function) {
    if (!found && is_of_kind(function, kind)) found = behind(function);
  });
  return found;
}

std::optional<virtio_device> virtio_device::behind(const pci_function& function) noexcept {
  constexpr std::uint8_t vendor_specific = 9, msi_x = 0x11;
  virtio_device device;
  unsigned msi_x_capability = 0;
  function.enable();
  function.each_capability([&](std::uint8_t id, unsigned at) {
    if (id == msi_x) {
      const std::uint32_t table = function.read(at + 4);
      device.messages_ = reinterpret_cast<volatile message*>(region_at(function, table & 7, table & ~7u));
      msi_x_capability = at;
    }
    if (id != vendor_specific) return;
    const std::uintptr_t place = region_at(function, function.read_byte(at + 4), function.read(at + 8));
    switch (region{function.read_byte(at + 3)}) {
      case region::common: device.common_ = reinterpret_cast<volatile common_registers*>(place); break;
      case region::configuration: device.configuration_ = place; break;
      case region::notifications:
        device.notifications_ = place;
        device.notification_step_ = function.read(at + 16);
        break;
    }
  });
  if (!device.complete()) return std::nullopt;
  constexpr std::uint16_t enable = 1 << 15, mask_all = 1 << 14;
  const std::uint16_t control = function.read_half(msi_x_capability + 2);
  function.write_half(msi_x_capability + 2, (control | enable) & ~mask_all);
  return device;
}

unsigned virtio_device::line() const noexcept { return MESSAGE_VECTOR - FIRST_LINE_VECTOR; }

/// All queues share one message, and changes of the configuration send none.
void virtio_device::enable_interrupt() const noexcept {
  constexpr std::uint32_t local_apics = 0xfee0'0000;
  constexpr std::uint16_t none = 0xffff;
  messages_->address = local_apics | local_apic::id() << 12;
  messages_->address_high = 0;
  messages_->data = MESSAGE_VECTOR;
  messages_->mask = 0;
  common_->config_vector = none;
}

std::uint8_t virtio_device::status() const noexcept { return common_->status; }

void virtio_device::set_status(std::uint8_t status) const noexcept {
  common_->status = status;
  while (status == 0 && common_->status != 0) {}
}

std::uint64_t virtio_device::features() const noexcept {
  common_->device_features_word = 0;
  const std::uint64_t low = common_->device_features;
  common_->device_features_word = 1;
  return low | std::uint64_t{common_->device_features} << 32;
}

void virtio_device::accept_features(std::uint64_t features) const noexcept {
  common_->driver_features_word = 0;
  common_->driver_features = static_cast<std::uint32_t>(features);
  common_->driver_features_word = 1;
  common_->driver_features = static_cast<std::uint32_t>(features >> 32);
}

std::uint16_t virtio_device::queue_size(unsigned queue) const noexcept {
  if (queue >= common_->queues) return 0;
  common_->queue = static_cast<std::uint16_t>(queue);
  return common_->queue_size;
}

void virtio_device::start_queue(unsigned queue, const virtio::queue_memory& memory) const noexcept {
  common_->queue = static_cast<std::uint16_t>(queue);
  common_->queue_size = memory.size;
  common_->queue_vector = 0;
  write_address(common_->descriptors, memory.descriptors);
  write_address(common_->available, memory.available);
  write_address(common_->used, memory.used);
  common_->queue_enable = 1;
}

/// QEMU notifies each queue at its number. Stores are seen in their order.
void virtio_device::notify(unsigned queue) const noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  *reinterpret_cast<volatile std::uint16_t*>(notifications_ + queue * notification_step_) = static_cast<std::uint16_t>(queue);
}

std::uint32_t virtio_device::config(unsigned offset) const noexcept {
  return *reinterpret_cast<const volatile std::uint32_t*>(configuration_ + offset);
}

}  // namespace bobbin::isa
