/// What a virtio console says and is told: many ports, each a pair of byte streams. Shared by the driver and the device in
/// software of hosted. Source: VIRTIO 1.1, section 5.3.
///
///   driver                      device                          host
///   device_ready 1       -->
///                        <--    port_add (for each port)
///   port_ready 1         -->                                    for each port
///                        <--    port_name
///   port_open 1          -->                                    a task waits for a client: may connect one
///                        <--    port_open 1                     a client has connected
///          ... bytes both ways, by the queues of the port ...
///                        <--    port_open 0                     it has gone, and so has what it did not take
///   port_open 0          -->                                    and the task has read what came before that
///                        <--    port_open 1, port_open 0        nothing is left of the client: the next may come
///
/// What the driver in kernel/io expects beyond the standard:
/// - Whatever the device answers to a control message is in the control queue before that message is given back: all
///   port_add, then port_name. So the ports are known when the driver has started.
/// - After port_open 0 no byte of that client comes any more, and what had been sent to it has been given back, or dropped.
///   What is sent while no client is there is given back, too.
/// - The standard has no name for a client, so it cannot tell whose bytes these are when one is followed by another at once.
///   Therefore the host connects a client only when the driver has said port_open 1, and the next only when it has said
///   port_open 0 and 1 again. (QEMU tells scripts/run of this. A socket on which QEMU itself listens takes clients as they
///   come, so that is good for one.)
/// - port_open 0 of the driver disconnects the client, if it is still there. Then the host confirms it by port_open 1 and 0,
///   as if somebody had come and gone at once, before the next client comes. The driver says port_open 1 only when it has
///   heard that the client is gone: what has come by then is that one's. (When a client leaves while it is sent something,
///   QEMU 7.2 may go on holding back what is sent, to the next one as well, until somebody leaves once more.)
/// - A port with bytes that nobody reads has no buffer available. The host waits with these bytes, and no other port does.
/// - Port 0 is for consoles, and left alone. Ports have the numbers 1, 2, 3, ... without a gap; those over
///   `usable_ports` are left alone as well.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bobbin::virtio::console {

inline constexpr std::uint64_t multiport = 1 << 1;  ///< a feature
inline constexpr unsigned max_ports_offset = 4;     ///< in the configuration: a word, how many ports there may be
inline constexpr unsigned usable_ports = 16;

enum class event : std::uint16_t {
  device_ready = 0,
  port_add = 1,
  port_remove = 2,
  port_ready = 3,
  console_port = 4,
  resize = 5,
  port_open = 6,
  port_name = 7,
};

struct message {
  std::uint32_t port;
  event what;
  std::uint16_t value;
};
static_assert(sizeof(message) == 8);

/// As the control queue brings it. Of port_name, the name follows, with or without a zero at its end.
struct long_message : message {
  char name[56];
};

/// Queues from the device and to it: of control messages, and of each port.
inline constexpr unsigned control_from_device = 2, control_to_device = 3;
constexpr unsigned from_port(unsigned port) noexcept { return port == 0 ? 0 : 2 * port + 2; }
constexpr unsigned to_port(unsigned port) noexcept { return from_port(port) + 1; }

/// How many buffers the queues have.
inline constexpr std::uint16_t control_buffers = 32, port_buffers = 4;
inline constexpr std::size_t port_buffer_bytes = 2048;

}  // namespace bobbin::virtio::console
