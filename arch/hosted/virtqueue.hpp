/// The device's side of a queue: see arch/include/arch/virtio.hpp. It takes the buffers that the driver has made available
/// and gives them back, in this order, one at a time.
#pragma once

#include <arch/virtio.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace bobbin::isa {

class virtqueue {
 public:
  static constexpr std::uint16_t max_size = 64;

  constexpr virtqueue() noexcept = default;
  explicit virtqueue(const virtio::queue_memory& memory) noexcept : memory_{memory} {}

  /// How many buffers are available. None before the queue is started.
  std::uint16_t available() const noexcept {
    if (memory_.size == 0) return 0;
    const auto index = std::atomic_ref{ring().index}.load(std::memory_order_acquire);
    return static_cast<std::uint16_t>(index - given_back_);
  }

  bool empty() const noexcept { return available() == 0; }

  /// The next buffer; only when not empty.
  std::span<std::byte> front() const noexcept {
    const virtio::descriptor& buffer = memory_.descriptors[number_of_front()];
    return {reinterpret_cast<std::byte*>(buffer.address), buffer.bytes};
  }

  /// Gives the next buffer back, with so many bytes written to it.
  void give_back(std::size_t bytes) noexcept {
    auto& used = *static_cast<virtio::used_ring<max_size>*>(memory_.used);
    used.buffers[given_back_ % memory_.size] = {number_of_front(), static_cast<std::uint32_t>(bytes)};
    std::atomic_ref{used.index}.store(++given_back_, std::memory_order_release);
  }

 private:
  /// As if it were as large as it may be: the entries come last.
  virtio::available_ring<max_size>& ring() const noexcept {
    return *static_cast<virtio::available_ring<max_size>*>(memory_.available);
  }

  std::uint16_t number_of_front() const noexcept { return ring().descriptors[given_back_ % memory_.size]; }

  virtio::queue_memory memory_{};
  std::uint16_t given_back_ = 0;  ///< modulo 2^16, as the rings count
};

}  // namespace bobbin::isa
