/// A port of the machine: clients come in there from outside, one after the other.
///
///   for (port& each : ports::start()) {
///     connection client = each.accept();
///     client.write_all("hello\n");
///   }
///
///               accept              a client comes             the connection goes away,
///     closed ------------> awaiting ---------------> serving   or accept is called again
///       ^                                               |
///       +-----------------------------------------------+
///
/// While a port is not awaiting, the next client waits outside. What a client sends waits in the port's buffers until it is
/// read, and outside when these are full; what is written waits there until the client takes it. So who does not read makes
/// who writes to it wait, and nobody else.
#pragma once

#include <arch/virtio_console.hpp>
#include <core/chrono.hpp>
#include <io/byte_stream.hpp>
#include <io/readiness.hpp>
#include <io/virtqueue.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace bobbin {

class port;

/// One client, from its coming until it has gone and all is read that it sent: then reading is `closed`. Writing is as soon
/// as it has gone. Destroying it before that disconnects the client. Cost of a byte: one copy in, one out.
class [[nodiscard]] connection : public byte_stream<connection> {
 public:
  connection() noexcept = default;
  connection(connection&& other) noexcept : port_{std::exchange(other.port_, nullptr)}, client_{other.client_} {}
  connection& operator=(connection&& other) noexcept {
    if (this != &other) {
      close();
      port_ = std::exchange(other.port_, nullptr);
      client_ = other.client_;
    }
    return *this;
  }
  ~connection() { close(); }

  /// False if nobody came.
  explicit operator bool() const noexcept { return port_ != nullptr; }

  /// From now on nothing can be read or written.
  void close() noexcept;

 private:
  friend class port;
  friend class byte_stream<connection>;
  connection(port& from, std::uint32_t client) noexcept : port_{&from}, client_{client} {}
  io_result read_before(std::span<std::byte> into, clock::time_point deadline) noexcept;
  io_result write_before(std::span<const std::byte> bytes, clock::time_point deadline) noexcept;

  port* port_ = nullptr;
  std::uint32_t client_ = 0;
};

/// Apart from the port, as it is large and all zero.
struct port_memory {
  template <class T>
  using each_buffer = T[virtio::console::port_buffers];
  using buffer = std::byte[virtio::console::port_buffer_bytes];

  virtqueue<virtio::console::port_buffers> in, out;
  each_buffer<buffer> received, sent;
};

class port {
 public:
  constexpr port() noexcept = default;
  port(const port&) = delete;
  port& operator=(const port&) = delete;

  /// As it is called outside: "127.0.0.1:4242".
  const char* name() const noexcept { return name_; }

  /// Waits for the next client. No connection if the task was asked to stop. One task at a time.
  connection accept() noexcept { return accept_before(clock::never); }
  /// The same if the time has passed.
  template <class Rep, class Period>
  connection accept_for(std::chrono::duration<Rep, Period> time) noexcept {
    return accept_before(deadline_after(time));
  }
  template <class Duration>
  connection accept_until(std::chrono::time_point<clock, Duration> when) noexcept {
    return accept_before(deadline_at(when));
  }

 private:
  friend class connection;
  friend class virtio_console;
  enum class state : std::uint8_t { closed, awaiting, serving };
  enum class confirmation : std::uint8_t { given, expected, begun };

  void prepare(unsigned number, port_memory& memory) noexcept;
  void call(std::string_view name) noexcept;
  void client_comes() noexcept;
  void client_goes() noexcept;
  void look() noexcept;

  connection accept_before(clock::time_point deadline) noexcept;
  void close() noexcept;
  bool serves(std::uint32_t client) const noexcept { return client == client_ && state_ == state::serving; }
  bool has_input() const noexcept;
  bool input_is_over() const noexcept { return ended_ && !has_input(); }
  std::size_t take_input(std::span<std::byte> into) noexcept;
  void begin_buffer() noexcept;
  void give_buffer_back() noexcept;
  void drop_input_of_others() noexcept;
  bool has_room() noexcept;
  std::size_t put(std::span<const std::byte> bytes, std::uint32_t client) noexcept;

  unsigned number_ = 0;
  port_memory* memory_ = nullptr;
  char name_[32] = {};
  readiness clients_{"client of"}, input_{"input of"}, room_{"room for output to"};

  // Tasks only.
  state state_ = state::closed;
  std::uint32_t served_ = 0;           ///< the latest client that was accepted
  std::span<const std::byte> rest_{};  ///< of the buffer that is being read

  // Written by the handler.
  bool present_ = false;     ///< the device has it
  bool connected_ = false;   ///< a client is there
  confirmation hung_up_ = confirmation::given;  ///< by the host; a task expects it, the handler hears it
  bool ended_ = false;       ///< it has gone, and `end_` buffers had come by then
  std::uint32_t client_ = 0; ///< the latest that has come
  std::uint16_t begin_ = 0, end_ = 0;
};

namespace ports {

/// Starts the machine's ports; returns all there are. None if nobody has given it any (`make run PORTS=8`), or more than
/// 16 of them. From one task; again, it returns the same. Without this, an image has nothing of all this.
std::span<port> start() noexcept;

}  // namespace ports

}  // namespace bobbin
