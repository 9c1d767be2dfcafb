#include "virtio_console.hpp"

#include "system.hpp"

#include <arch/early_panic.hpp>
#include <arch/interrupts.hpp>

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace bobbin::isa {
namespace {

using namespace virtio::console;

constexpr unsigned most_answers = 3;  ///< to a message about one port

/// Ports have numbers from 1 on: 0 is for what is not here.
constexpr unsigned number_of(unsigned index) noexcept { return index + 1; }

}  // namespace

constinit virtio_console console_ports;

void virtio_console::plug_in(std::string_view ports) noexcept {
  for (std::string_view rest = ports; !rest.empty();) {
    const auto port = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(port.size() + 1, rest.size()));
    int fd = -1;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), fd);
    const std::string_view name{end, port.data() + port.size()};
    if (error != std::errc{} || fd < 0 || !name.starts_with(':') || count_ == max_ports)
      arch::early_panic("BOBBIN_PORTS={} is not up to {} of NUMBER:NAME", ports, max_ports);
    if (system_call(SYS_fcntl, fd, F_GETFD) < 0) arch::early_panic("BOBBIN_PORTS={}, but nothing is open as {}", ports, fd);
    ports_[count_++] = {fd, name.substr(1)};
  }
}

void virtio_console::enable_interrupt() noexcept {
  for (const tcp_port& port : ports()) port.enable_signals();
  enabled_ = true;
}

void virtio_console::set_status(std::uint8_t status) noexcept {
  status_ = status;
  if (status != 0) return;
  for (tcp_port& port : ports()) port.reset();
  std::ranges::fill(told_, false);
  to_driver_ = from_driver_ = {};
  interrupt_ = notified_ = false;
}

std::uint16_t virtio_console::queue_size(unsigned queue) const noexcept {
  return queue <= to_port(number_of(count_ - 1)) ? virtqueue::max_size : 0;
}

void virtio_console::start_queue(unsigned queue, const virtio::queue_memory& memory) noexcept {
  if (queue == control_from_device) to_driver_ = virtqueue{memory};
  if (queue == control_to_device) from_driver_ = virtqueue{memory};
  for (unsigned i = 0; i < count_; ++i) {
    if (queue == from_port(number_of(i))) ports_[i].start_to_driver(memory);
    if (queue == to_port(number_of(i))) ports_[i].start_from_driver(memory);
  }
}

void virtio_console::notify() noexcept {
  notified_ = true;
  interrupts::raise();
}

std::uint32_t virtio_console::config(unsigned offset) const noexcept {
  return offset == max_ports_offset ? number_of(count_) : 0;
}

bool virtio_console::interrupting() noexcept {
  while (running() && notified_) look();
  return running() && interrupt_;
}

std::span<const pollfd> virtio_console::wanted() noexcept {
  if (!running()) return {};
  for (unsigned i = 0; i < count_; ++i) wanted_[i] = ports_[i].wanted();
  return {wanted_, count_};
}

void virtio_console::look() noexcept {
  if (!running()) return;
  notified_ = false;
  obey_messages();
  const auto sockets = wanted();
  system_call(SYS_poll, sockets.data(), sockets.size(), 0);
  for (unsigned i = 0; i < count_; ++i) serve(i, wanted_[i].revents);
}

/// One is taken only when there is room for whatever it may be answered with.
void virtio_console::obey_messages() noexcept {
  while (!from_driver_.empty() && to_driver_.available() >= std::max(count_, most_answers)) {
    message said{};
    const auto buffer = from_driver_.front();
    std::memcpy(&said, buffer.data(), std::min(buffer.size(), sizeof said));
    obey(said);
    from_driver_.give_back(0);
    gave_back();
  }
}

tcp_port* virtio_console::port_of(std::uint32_t number) noexcept {
  return number >= number_of(0) && number < number_of(count_) ? &ports_[number - number_of(0)] : nullptr;
}

void virtio_console::obey(const message& said) noexcept {
  if (said.what == event::device_ready && said.value == 1)
    for (unsigned i = 0; i < count_; ++i) tell(i, event::port_add, 1);
  tcp_port* const port = port_of(said.port);
  if (port == nullptr) return;
  if (said.what == event::port_ready && said.value == 1)
    tell(said.port - number_of(0), event::port_name, 1, port->name());
  if (said.what == event::port_open) said.value == 1 ? port->open() : hang_up(said.port - number_of(0));
}

void virtio_console::hang_up(unsigned index) noexcept {
  ports_[index].close();
  if (std::exchange(told_[index], false)) tell(index, event::port_open, 0);
  tell(index, event::port_open, 1);
  tell(index, event::port_open, 0);
}

/// No byte of a client is moved before the driver has been told of it.
void virtio_console::serve(unsigned index, short ready) noexcept {
  tcp_port& port = ports_[index];
  if (port.connected() == told_[index] && port.serve(ready)) gave_back();
  if (port.connected() == told_[index] || to_driver_.empty()) return;
  told_[index] = port.connected();
  tell(index, event::port_open, told_[index]);
  notified_ = true;  // the bytes are next
}

void virtio_console::tell(unsigned index, event what, std::uint16_t value, std::string_view name) noexcept {
  long_message text{{number_of(index), what, value}, {}};
  const std::size_t size = std::min(name.size(), sizeof text.name);
  std::ranges::copy(name.substr(0, size), text.name);
  const auto buffer = to_driver_.front();
  const std::size_t bytes = std::min(sizeof(message) + size, buffer.size());
  std::memcpy(buffer.data(), &text, bytes);
  to_driver_.give_back(bytes);
  gave_back();
}

}  // namespace bobbin::isa
