/// A virtio console in software between the kernel's driver and TCP sockets. What the two say to each other is in
/// arch/include/arch/virtio_console.hpp.
///
/// All of it runs where interrupts are served, on the trap stack, as a device runs beside the processor: the driver's calls
/// only note what it wants. Everything is looked at by its level: the state of the sockets, what is in the queues.
#pragma once

#include "tcp_port.hpp"

#include <arch/virtio_console.hpp>

#include <poll.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace bobbin::isa {

class virtio_console {
 public:
  static constexpr unsigned line = 5;  ///< of its interrupt

  /// Opens the ports that scripts/run tells of: numbers and names of sockets that listen, as 3:name,4:name. With none, there
  /// is no device.
  void plug_in(std::string_view ports) noexcept;
  bool exists() const noexcept { return count_ > 0; }

  void enable_interrupt() noexcept;
  void acknowledge_interrupt() noexcept { interrupt_ = false; }
  std::uint8_t status() const noexcept { return status_; }
  void set_status(std::uint8_t status) noexcept;
  std::uint16_t queue_size(unsigned queue) const noexcept;
  void start_queue(unsigned queue, const virtio::queue_memory& memory) noexcept;
  void notify() noexcept;
  std::uint32_t config(unsigned offset) const noexcept;

  /// Does what can be done now. Interrupts masked, as all below.
  void look() noexcept;

  /// Does what the driver has asked for since, and says whether it interrupts.
  bool interrupting() noexcept;

  /// Whether there is something to do at once.
  bool busy() const noexcept { return running() && (notified_ || interrupt_); }

  /// What to wait for otherwise.
  std::span<const pollfd> wanted() noexcept;

 private:
  static constexpr unsigned max_ports = virtio::console::usable_ports;

  bool running() const noexcept { return status_ & virtio::driver_ready; }
  std::span<tcp_port> ports() noexcept { return {ports_, count_}; }
  tcp_port* port_of(std::uint32_t number) noexcept;

  void obey_messages() noexcept;
  void obey(const virtio::console::message& message) noexcept;
  void hang_up(unsigned index) noexcept;
  void serve(unsigned index, short ready) noexcept;
  void tell(unsigned index, virtio::console::event what, std::uint16_t value, std::string_view name = {}) noexcept;
  void gave_back() noexcept { interrupt_ = enabled_; }

  tcp_port ports_[max_ports];
  pollfd wanted_[max_ports] = {};  ///< for one call
  bool told_[max_ports] = {};      ///< that a client is connected
  unsigned count_ = 0;
  virtqueue to_driver_, from_driver_;  ///< messages
  std::uint8_t status_ = 0;
  bool enabled_ = false;               ///< its interrupt
  bool interrupt_ = false;             ///< there is news for the driver
  bool notified_ = false;              ///< there is news from the driver
};

/// The only one.
extern constinit virtio_console console_ports;

}  // namespace bobbin::isa
