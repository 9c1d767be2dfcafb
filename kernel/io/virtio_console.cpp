#include <arch/virtio.hpp>
#include <core/algorithm.hpp>
#include <io/device_interrupts.hpp>
#include <io/virtio_console.hpp>

#include <cstddef>
#include <cstring>
#include <optional>
#include <utility>

namespace bobbin {

using namespace virtio::console;

namespace {

constinit std::optional<arch::virtio_device> device;
constinit virtqueue<control_buffers> from_device, to_device;
constinit std::byte heard[control_buffers][sizeof(long_message)] = {};
constinit std::byte said[control_buffers][sizeof(message)] = {};
constinit port_memory memories[usable_ports] = {};
constinit port all[usable_ports];
constinit unsigned present = 0;  ///< ports there are

/// How many of our messages were answered: written by the handler.
constinit std::uint16_t answered = 0;
constinit readiness answers{"the virtio console"};

}  // namespace

std::span<port> ports::start() noexcept { return virtio_console::start(); }

std::span<port> virtio_console::start() noexcept {
  if (device) return {all, present};
  device = arch::virtio_device::find(virtio::kind::console);
  if (!device || !agree()) return {};
  static constinit interrupt_server server{serve};
  start_queues();
  enter(server, device->line());
  device->enable_interrupt();
  device->set_status(device->status() | virtio::driver_ready);
  notify(control_from_device);

  say(0, event::device_ready, 1);
  await_answers();
  while (present < usable_ports && all[present].present_) say(++present, event::port_ready, 1);
  await_answers();
  return {all, present};
}

/// VIRTIO 1.1, section 3.1.1.
bool virtio_console::agree() noexcept {
  constexpr std::uint64_t wanted = virtio::version_1 | multiport;
  device->set_status(0);
  device->set_status(virtio::acknowledged | virtio::driver_found);
  const bool offered = (device->features() & wanted) == wanted;
  if (offered) {
    device->accept_features(wanted);
    device->set_status(device->status() | virtio::features_agreed);
  }
  if (offered && device->status() & virtio::features_agreed) return true;
  device->set_status(virtio::failed);
  return false;
}

/// Which ports there are the device tells only when it runs, and then it is too late for queues.
void virtio_console::start_queues() noexcept {
  from_device.describe(heard, virtio::descriptor::device_writes);
  to_device.describe(said, 0);
  while (from_device.has_room()) from_device.offer();
  device->start_queue(control_from_device, from_device.memory());
  device->start_queue(control_to_device, to_device.memory());

  for (unsigned number = 1; number <= usable_ports && device->queue_size(to_port(number)) != 0; ++number) {
    port_memory& memory = memories[number - 1];
    all[number - 1].prepare(number, memory);
    device->start_queue(from_port(number), memory.in.memory());
    device->start_queue(to_port(number), memory.out.memory());
  }
}

/// A port says two messages at most before it hears of a client, so there is always room for them.
void virtio_console::say(unsigned port, event what, std::uint16_t value) noexcept {
  const interrupts_masked guard;
  to_device.take_all();
  ASSERT(to_device.has_room());
  const message told{port, what, value};
  std::memcpy(said[to_device.offered() % control_buffers], &told, sizeof told);
  to_device.offer();
  notify(control_to_device);
}

void virtio_console::notify(unsigned queue) noexcept { device->notify(queue); }

void virtio_console::await_answers() noexcept {
  while (answers.wait_until(clock::never, [] { return answered == to_device.offered(); }) != wait_status::ok) {}
}

/// The interrupt. Whatever a message of ours brought about was there before it was given back: so we look in this order.
void virtio_console::serve() noexcept {
  device->acknowledge_interrupt();
  const std::uint16_t given_back = to_device.used();
  const bool told = from_device.has_used();
  while (from_device.has_used()) {
    const auto [which, bytes] = from_device.take();
    long_message next;
    std::memcpy(&next, heard[which], sizeof next);
    from_device.offer();
    hear(next, bytes);
  }
  if (told) notify(control_from_device);
  if (std::exchange(answered, given_back) != given_back) answers.announce_to_all();
  for (port& each : std::span{all, present}) each.look();
}

/// Of what there may be for other devices, or for consoles, nothing is wanted.
void virtio_console::hear(const long_message& told, std::uint32_t bytes) noexcept {
  if (bytes < sizeof(message) || told.port == 0 || told.port > usable_ports) return;
  port& of = all[told.port - 1];
  if (of.memory_ == nullptr) return;
  switch (told.what) {
    case event::port_add: of.present_ = true; break;
    case event::port_name: of.call({told.name, std::min(bytes, std::uint32_t{sizeof told}) - sizeof(message)}); break;
    case event::port_open: told.value != 0 ? of.client_comes() : of.client_goes(); break;
    default: break;
  }
}

}  // namespace bobbin
