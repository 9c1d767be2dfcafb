/// The driver of the machine's virtio console, which has the ports: its control queues, and its interrupt.
/// Source: VIRTIO 1.1, section 5.3; what is expected beyond that is in arch/virtio_console.hpp.
#pragma once

#include <arch/virtio_console.hpp>
#include <io/port.hpp>

#include <cstdint>
#include <span>

namespace bobbin {

class virtio_console {
 public:
  /// Finds the device and starts it, the first time; its ports.
  static std::span<port> start() noexcept;

  /// Tells the device something. Tasks only.
  static void say(unsigned port, virtio::console::event what, std::uint16_t value) noexcept;

  /// Something was offered in this queue.
  static void notify(unsigned queue) noexcept;

 private:
  static bool agree() noexcept;
  static void start_queues() noexcept;
  static void await_answers() noexcept;
  static void serve() noexcept;
  static void hear(const virtio::console::long_message&, std::uint32_t bytes) noexcept;
};

}  // namespace bobbin
