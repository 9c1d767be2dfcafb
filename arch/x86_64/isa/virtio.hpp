/// Virtio devices, x86_64: PCI functions [VIRTIO 1.1, 4.1]. See arch/include/arch/virtio.hpp for the contract.
#pragma once

#include <cstdint>
#include <optional>

namespace bobbin::isa {

class virtio_device {
 public:
  static std::optional<virtio_device> find(virtio::kind) noexcept;

  void enable_interrupt() const noexcept;
  unsigned line() const noexcept;
  void acknowledge_interrupt() const noexcept {}  // a message comes once each time
  std::uint8_t status() const noexcept;
  void set_status(std::uint8_t) const noexcept;
  std::uint64_t features() const noexcept;
  void accept_features(std::uint64_t) const noexcept;
  std::uint16_t queue_size(unsigned queue) const noexcept;
  void start_queue(unsigned queue, const virtio::queue_memory&) const noexcept;
  void notify(unsigned queue) const noexcept;
  std::uint32_t config(unsigned offset) const noexcept;

 private:
  struct common_registers;
  struct message;
  static std::optional<virtio_device> behind(const class pci_function&) noexcept;
  bool complete() const noexcept { return common_ && notifications_ && configuration_ && messages_; }

  volatile common_registers* common_ = nullptr;
  std::uintptr_t notifications_ = 0;    ///< where the first queue is notified
  std::uint32_t notification_step_ = 0;
  std::uintptr_t configuration_ = 0;
  volatile message* messages_ = nullptr;  ///< the table of MSI-X
};

}  // namespace bobbin::isa
