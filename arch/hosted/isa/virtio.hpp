/// Virtio devices, hosted: a console in software, if the program was started with ports. See arch/include/arch/virtio.hpp
/// for the contract.
#pragma once

#include <cstdint>
#include <optional>

namespace bobbin::isa {

class virtio_device {
 public:
  static std::optional<virtio_device> find(virtio::kind) noexcept;

  void enable_interrupt() const noexcept;
  unsigned line() const noexcept;
  void acknowledge_interrupt() const noexcept;
  std::uint8_t status() const noexcept;
  void set_status(std::uint8_t) const noexcept;
  std::uint64_t features() const noexcept;
  void accept_features(std::uint64_t) const noexcept;
  std::uint16_t queue_size(unsigned queue) const noexcept;
  void start_queue(unsigned queue, const virtio::queue_memory&) const noexcept;
  void notify(unsigned queue) const noexcept;
  std::uint32_t config(unsigned offset) const noexcept;

 private:
  virtio_device() = default;
};

}  // namespace bobbin::isa
