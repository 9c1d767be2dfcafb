/// One queue of a virtio device: N buffers that go back and forth between a driver and the device.
/// Source: VIRTIO 1.1, section 2.6 (split virtqueues).
///
///          |  the driver's  | given back |   the device's   |  the driver's  |
///                        oldest                         offered            oldest + N         all modulo 2^16
///
/// Buffers are used in turn, and given back in order: the k-th one offered is buffer k modulo N, whenever. So nothing needs
/// to be kept of them, the ring of what is available is written once, and offering is counting. A buffer that the device
/// skips when it gives one back will not be given back any more, and is the driver's.
#pragma once

#include <arch/virtio.hpp>
#include <core/assert.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace bobbin {

template <std::uint16_t N>
class virtqueue {
  static_assert(N > 0 && (N & (N - 1)) == 0, "a power of two, so that the counts may wrap around");

 public:
  constexpr virtqueue() noexcept = default;
  virtqueue(const virtqueue&) = delete;
  virtqueue& operator=(const virtqueue&) = delete;

  /// Before the device is told of the queue: which buffers it has, and who writes to them (device_writes, or 0).
  template <std::size_t Bytes>
  void describe(std::byte (&buffers)[N][Bytes], std::uint16_t flags) noexcept {
    for (std::uint16_t i = 0; i < N; ++i) {
      descriptors_[i] = {reinterpret_cast<std::uintptr_t>(buffers[i]), Bytes, flags, 0};
      available_.descriptors[i] = i;
    }
  }
  virtio::queue_memory memory() noexcept { return {N, descriptors_, &available_, &used_}; }

  /// How many buffers were offered, how many were taken back, modulo 2^16.
  std::uint16_t offered() const noexcept { return available_.index; }
  std::uint16_t taken() const noexcept { return taken_; }

  /// How many the device has given back, taken or not: what it wrote to them before can be read.
  std::uint16_t used() const noexcept {
    const auto index = static_cast<const volatile std::uint16_t&>(used_.index);
    std::atomic_thread_fence(std::memory_order_acquire);
    return index;
  }
  bool has_used() const noexcept { return used() != taken_; }
  bool has_room() const noexcept { return static_cast<std::uint16_t>(offered() - oldest_) < N; }

  /// Only if there is one: takes the next buffer back; which one it is, and how many bytes the device has written to it.
  virtio::used_buffer take() noexcept {
    const virtio::used_buffer next = used_.buffers[taken_++ % N];
    while (oldest_ % N != next.descriptor && oldest_ != offered()) ++oldest_;
    ASSERT(oldest_ != offered());
    ++oldest_;
    return next;
  }
  /// Takes back all that the device is done with.
  void take_all() noexcept {
    while (has_used()) take();
  }

  /// Only if there is room: gives the device the next buffer. It learns of that by a notification.
  void offer() noexcept {
    std::atomic_thread_fence(std::memory_order_release);
    static_cast<volatile std::uint16_t&>(available_.index) = offered() + 1;
  }
  /// The same with so many bytes in it.
  void offer(std::size_t bytes) noexcept {
    descriptors_[offered() % N].bytes = static_cast<std::uint32_t>(bytes);
    offer();
  }

 private:
  alignas(16) virtio::descriptor descriptors_[N] = {};
  virtio::available_ring<N> available_ = {};
  alignas(4) virtio::used_ring<N> used_ = {};
  std::uint16_t taken_ = 0, oldest_ = 0;
};

}  // namespace bobbin
