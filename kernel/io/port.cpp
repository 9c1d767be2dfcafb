#include <io/virtio_console.hpp>

#include <algorithm>
#include <cstring>

namespace bobbin {

using virtio::console::event;
using virtio::console::port_buffer_bytes;
using virtio::console::port_buffers;

// ---- the client, as the handler hears of it

void port::prepare(unsigned number, port_memory& memory) noexcept {
  number_ = number;
  memory_ = &memory;
  memory.in.describe(memory.received, virtio::descriptor::device_writes);
  memory.out.describe(memory.sent, 0);
  while (memory.in.has_room()) memory.in.offer();
}

void port::call(std::string_view name) noexcept {
  const auto length = std::min({name.size(), name.find('\0'), sizeof name_ - 1});
  std::memcpy(name_, name.data(), length);
  for (readiness* each : {&clients_, &input_, &room_}) each->call(name_);
}

/// The first after a hang-up only confirms that. What has come up to the end of the one before is not this one's.
void port::client_comes() noexcept {
  if (hung_up_ == confirmation::expected) {
    hung_up_ = confirmation::begun;
    return;
  }
  ++client_;
  connected_ = true;
  ended_ = false;
  begin_ = end_;
  for (readiness* each : {&clients_, &input_, &room_}) each->announce_to_all();
}

void port::client_goes() noexcept {
  if (hung_up_ == confirmation::begun) {
    hung_up_ = confirmation::given;
    return;
  }
  connected_ = false;
  ended_ = true;
  end_ = memory_->in.used();
  for (readiness* each : {&clients_, &input_, &room_}) each->announce_to_all();
}

/// After any interrupt of the device.
void port::look() noexcept {
  if (memory_->in.has_used()) input_.announce();
  if (memory_->out.has_used()) room_.announce();
}

// ---- from client to client

connection port::accept_before(clock::time_point deadline) noexcept {
  close();
  if (asked_to_stop()) return {};
  // What comes of a client that was sent away must be over before the next one's can come.
  if (clients_.wait_until(deadline, [this] { return !connected_ || client_ != served_; }) != wait_status::ok) return {};
  if (state_ == state::closed) virtio_console::say(number_, event::port_open, 1);
  state_ = state::awaiting;
  if (clients_.wait_until(deadline, [this] { return client_ != served_; }) != wait_status::ok) return {};
  state_ = state::serving;
  served_ = client_;
  drop_input_of_others();
  return {*this, served_};
}

/// Nobody is served any more.
void port::close() noexcept {
  if (state_ != state::serving) return;
  state_ = state::closed;
  hung_up_ = confirmation::expected;
  virtio_console::say(number_, event::port_open, 0);
}

void port::drop_input_of_others() noexcept {
  if (!rest_.empty()) give_buffer_back();
  while (memory_->in.taken() != begin_) {
    memory_->in.take();
    give_buffer_back();
  }
  virtio_console::notify(virtio::console::from_port(number_));
}

void connection::close() noexcept {
  if (port_ == nullptr) return;
  if (port_->serves(client_)) port_->close();
  port_ = nullptr;
}

// ---- bytes from the client: a buffer is the device's again when all of it was read

bool port::has_input() const noexcept {
  return !rest_.empty() || memory_->in.taken() != (ended_ ? end_ : memory_->in.used());
}

void port::begin_buffer() noexcept {
  const auto [which, bytes] = memory_->in.take();
  rest_ = {memory_->received[which], bytes};
}

void port::give_buffer_back() noexcept {
  rest_ = {};
  memory_->in.offer();
}

std::size_t port::take_input(std::span<std::byte> into) noexcept {
  std::size_t count = 0;
  bool gave_back = false;
  while (count < into.size() && has_input()) {
    if (rest_.empty()) begin_buffer();
    const std::size_t length = std::min(rest_.size(), into.size() - count);
    std::memcpy(&into[count], rest_.data(), length);
    rest_ = rest_.subspan(length);
    count += length;
    if (!rest_.empty()) break;
    give_buffer_back();
    gave_back = true;
  }
  if (gave_back) virtio_console::notify(virtio::console::from_port(number_));
  if (has_input()) input_.announce();
  return count;
}

io_result connection::read_before(std::span<std::byte> into, clock::time_point deadline) noexcept {
  if (into.empty()) return {};
  for (;;) {
    if (port_ == nullptr) return {0, wait_status::closed};
    port& from = *port_;
    bool over = false;
    const wait_status how = from.input_.wait_until(deadline, [&] {
      over = !from.serves(client_) || from.input_is_over();
      return over || from.has_input();
    });
    if (how != wait_status::ok) return {0, how};
    if (over) return {0, wait_status::closed};
    if (const std::size_t count = from.take_input(into)) return {count};
  }
}

// ---- bytes to the client

bool port::has_room() noexcept {
  memory_->out.take_all();
  return memory_->out.has_room();
}

/// Only if there is room: puts what fits into a buffer, and sends that unless the client has gone; how much that was.
std::size_t port::put(std::span<const std::byte> bytes, std::uint32_t client) noexcept {
  const std::size_t length = std::min(bytes.size(), port_buffer_bytes);
  std::memcpy(memory_->sent[memory_->out.offered() % port_buffers], bytes.data(), length);
  const interrupts_masked guard;
  if (!serves(client) || !connected_) return 0;
  memory_->out.offer(length);
  virtio_console::notify(virtio::console::to_port(number_));
  if (has_room()) room_.announce();
  return length;
}

io_result connection::write_before(std::span<const std::byte> bytes, clock::time_point deadline) noexcept {
  std::size_t count = 0;
  while (count < bytes.size()) {
    if (port_ == nullptr) return {count, wait_status::closed};
    port& to = *port_;
    bool over = false;
    const wait_status how = to.room_.wait_until(deadline, [&] {
      over = !to.serves(client_) || !to.connected_;
      return over || to.has_room();
    });
    if (how != wait_status::ok) return {count, how};
    if (over) return {count, wait_status::closed};
    count += to.put(bytes.subspan(count), client_);
  }
  return {count};
}

}  // namespace bobbin
