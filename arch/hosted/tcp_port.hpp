/// A port of the console: a socket that listens, a client of it at a time, and the two queues that its bytes go through.
///
///   closed --the driver opens--> waiting --a client comes--> connected --it goes--> left --the driver closes--> closed
///
/// A driver that closes sooner sends the client away. Nothing here waits: what cannot be done now is done when the sockets
/// say so, which wanted() tells what to ask them for.
#pragma once

#include "virtqueue.hpp"

#include <poll.h>

#include <string_view>

namespace bobbin::isa {

class tcp_port {
 public:
  constexpr tcp_port() noexcept = default;
  tcp_port(int listening, std::string_view name) noexcept : listening_{listening}, name_{name} {}

  std::string_view name() const noexcept { return name_; }
  bool connected() const noexcept { return state_ == state::connected; }

  /// As at power on.
  void reset() noexcept;

  /// Has its sockets say with SIGIO when something has changed.
  void enable_signals() const noexcept;

  void start_to_driver(const virtio::queue_memory& memory) noexcept { to_driver_ = virtqueue{memory}; }
  void start_from_driver(const virtio::queue_memory& memory) noexcept { from_driver_ = virtqueue{memory}; }

  void open() noexcept;
  void close() noexcept;

  /// What of it can be done only when a socket is ready; for no socket, nothing.
  pollfd wanted() const noexcept;

  /// Does what `ready` of these events allows: a client that has come is connected, bytes are moved only the next time.
  /// Whether a buffer was given back.
  bool serve(short ready) noexcept;

 private:
  enum class state : std::uint8_t { closed, waiting, connected, left };

  void accept() noexcept;
  void disconnect() noexcept;
  bool receive() noexcept;
  bool send() noexcept;
  bool drop() noexcept;

  int listening_ = -1, client_ = -1;
  std::string_view name_;
  state state_ = state::closed;
  virtqueue to_driver_, from_driver_;
  std::size_t sent_ = 0;  ///< of the next buffer from the driver
};

}  // namespace bobbin::isa
