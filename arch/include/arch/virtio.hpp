/// How a driver reaches a virtio device: by registers in memory on riscv64 (virtio-mmio), through PCI on x86_64, by calls
/// of a device in software hosted. And the memory that both sides share. All numbers in it are little-endian, all
/// addresses are those that the program sees.
/// Source: Virtual I/O Device (VIRTIO) Version 1.1 [OASIS], sections 2.6 (queues), 3.1 (start), 4.1 (PCI), 4.2 (MMIO).
///
/// What the drivers here expect of a device:
/// - They accept version 1 and what their device needs. No chains, no indirect descriptors, no event index, no packed
///   rings: each buffer is one descriptor, and stays that one.
/// - All queues are started before driver_ready is set, and stay. One may be smaller than the device allows.
/// - Buffers are used in the order in which they were made available, and given back in that order. One that is skipped is
///   not given back any more. (QEMU's console does that to a buffer that a client has left in the middle of.)
/// - An interrupt follows whatever is put into a used ring. One too many does no harm; no_interrupt may be ignored.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>

namespace bobbin::virtio {

enum class kind : std::uint32_t { console = 3 };

enum status : std::uint8_t { acknowledged = 1, driver_found = 2, driver_ready = 4, features_agreed = 8, failed = 128 };

inline constexpr std::uint64_t version_1 = std::uint64_t{1} << 32;  ///< a feature: the device is as the standard says

/// A buffer.
struct descriptor {
  std::uint64_t address;
  std::uint32_t bytes;
  std::uint16_t flags;  ///< device_writes or 0
  std::uint16_t next;   ///< unused: nothing is chained

  static constexpr std::uint16_t device_writes = 2;
};
static_assert(sizeof(descriptor) == 16);

/// What the driver makes available: numbers of descriptors. `index` counts them, modulo 2^16.
template <std::uint16_t N>
struct available_ring {
  std::uint16_t flags;  ///< no_interrupt or 0
  std::uint16_t index;
  std::uint16_t descriptors[N];

  static constexpr std::uint16_t no_interrupt = 1;
};

struct used_buffer {
  std::uint32_t descriptor;
  std::uint32_t bytes;  ///< that the device has written
};

/// What the device gives back.
template <std::uint16_t N>
struct used_ring {
  std::uint16_t flags;  ///< no_notify or 0
  std::uint16_t index;
  used_buffer buffers[N];

  static constexpr std::uint16_t no_notify = 1;
};

/// Where the parts of a queue of `size` descriptors are: aligned to 16, 2 and 4 bytes.
struct queue_memory {
  std::uint16_t size;  ///< a power of two
  descriptor* descriptors;
  void* available;
  void* used;
};

}  // namespace bobbin::virtio

namespace bobbin::arch {

template <class Device>
concept virtio_transport = std::copyable<Device> &&
                           requires(const Device device, unsigned queue, std::uint8_t status, std::uint64_t features,
                                    unsigned offset, const virtio::queue_memory& memory) {
  /// The first device of this kind that keeps to version 1, if there is one. Tasks only.
  { Device::find(virtio::kind{}) } noexcept -> std::same_as<std::optional<Device>>;
  /// Has its interrupts reach this hart: on_device_interrupt(line()). Before that, none come. Once, after a reset.
  { device.enable_interrupt() } noexcept -> std::same_as<void>;
  { device.line() } noexcept -> std::same_as<unsigned>;
  /// The handler's first act: what is put into a used ring from now on interrupts anew.
  { device.acknowledge_interrupt() } noexcept -> std::same_as<void>;
  { device.status() } noexcept -> std::same_as<std::uint8_t>;
  /// 0 resets the device, and is done when this returns.
  { device.set_status(status) } noexcept -> std::same_as<void>;
  { device.features() } noexcept -> std::same_as<std::uint64_t>;
  { device.accept_features(features) } noexcept -> std::same_as<void>;
  /// How large the queue may be; 0 if there is no such queue.
  { device.queue_size(queue) } noexcept -> std::same_as<std::uint16_t>;
  { device.start_queue(queue, memory) } noexcept -> std::same_as<void>;
  /// Something new is available in the queue. Orders what was written to memory before. Tasks and handlers call this, with
  /// interrupts masked as well: the device may take what is there at once, yet interrupts only when they are enabled.
  { device.notify(queue) } noexcept -> std::same_as<void>;
  /// A word of the device's configuration.
  { device.config(offset) } noexcept -> std::same_as<std::uint32_t>;
};

}  // namespace bobbin::arch

#include <isa/virtio.hpp>

namespace bobbin::arch {
using isa::virtio_device;
static_assert(virtio_transport<virtio_device>);
}  // namespace bobbin::arch
