/// Virtio devices, riscv64: registers in memory [VIRTIO 1.1, 4.2]. See arch/include/arch/virtio.hpp for the contract.
#pragma once

#include <cstdint>
#include <optional>

namespace bobbin::isa {

class virtio_device {
 public:
  static std::optional<virtio_device> find(virtio::kind) noexcept;

  void enable_interrupt() const noexcept;
  unsigned line() const noexcept { return line_; }
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
  enum reg : unsigned {
    magic = 0x000,
    version = 0x004,
    device_id = 0x008,
    device_features = 0x010,
    device_features_word = 0x014,
    driver_features = 0x020,
    driver_features_word = 0x024,
    queue_selector = 0x030,
    queue_size_limit = 0x034,
    queue_size_used = 0x038,
    queue_ready = 0x044,
    queue_notify = 0x050,
    interrupt_status = 0x060,
    interrupt_acknowledge = 0x064,
    device_status = 0x070,
    queue_descriptors = 0x080,
    queue_available = 0x090,
    queue_used = 0x0a0,
    configuration = 0x100,
  };

  virtio_device(std::uintptr_t base, unsigned line) noexcept : base_{base}, line_{line} {}

  volatile std::uint32_t& at(unsigned offset) const noexcept {
    return *reinterpret_cast<volatile std::uint32_t*>(base_ + offset);
  }
  void set_address(unsigned offset, const void* address) const noexcept;

  std::uintptr_t base_;
  unsigned line_;
};

}  // namespace bobbin::isa
