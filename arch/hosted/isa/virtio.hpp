/// Virtio devices, hosted: there are none. See arch/include/arch/virtio.hpp for the contract.
#pragma once

#include <cstdint>
#include <optional>

namespace bobbin::isa {

class virtio_device {
 public:
  static std::optional<virtio_device> find(virtio::kind) noexcept { return std::nullopt; }

  void enable_interrupt() const noexcept {}
  unsigned line() const noexcept { return 0; }
  void acknowledge_interrupt() const noexcept {}
  std::uint8_t status() const noexcept { return 0; }
  void set_status(std::uint8_t) const noexcept {}
  std::uint64_t features() const noexcept { return 0; }
  void accept_features(std::uint64_t) const noexcept {}
  std::uint16_t queue_size(unsigned) const noexcept { return 0; }
  void start_queue(unsigned, const virtio::queue_memory&) const noexcept {}
  void notify(unsigned) const noexcept {}
  std::uint32_t config(unsigned) const noexcept { return 0; }
};

}  // namespace bobbin::isa
