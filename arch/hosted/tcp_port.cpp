#include "tcp_port.hpp"

#include "system.hpp"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

namespace bobbin::isa {
namespace {

/// Whether it may be tried again when the socket says so; any other error is the end of the connection.
constexpr bool is_not_ready(long result) noexcept { return result == -EAGAIN || result == -EINTR; }

void signal_changes_of(int fd) noexcept {
  system_call(SYS_fcntl, fd, F_SETOWN, system_call(SYS_getpid));
  system_call(SYS_fcntl, fd, F_SETFL, O_NONBLOCK | O_ASYNC);
}

}  // namespace

void tcp_port::reset() noexcept {
  close();
  to_driver_ = from_driver_ = {};
}

void tcp_port::enable_signals() const noexcept { signal_changes_of(listening_); }

void tcp_port::open() noexcept {
  if (state_ == state::closed) state_ = state::waiting;
}

void tcp_port::close() noexcept {
  if (connected()) disconnect();
  state_ = state::closed;
}

pollfd tcp_port::wanted() const noexcept {
  if (state_ == state::waiting) return {.fd = listening_, .events = POLLIN, .revents = 0};
  if (state_ != state::connected) return {.fd = -1, .events = 0, .revents = 0};
  const int events = (to_driver_.empty() ? 0 : POLLIN) | (from_driver_.empty() ? 0 : POLLOUT);
  return {.fd = client_, .events = static_cast<short>(events), .revents = 0};
}

bool tcp_port::serve(short ready) noexcept {
  if (state_ == state::waiting) {
    if (ready) accept();
    return drop();
  }
  bool moved = false;
  if (connected() && ready & POLLIN) moved |= receive();
  if (connected() && ready & POLLOUT) moved |= send();
  if (connected() && ready & (POLLERR | POLLHUP)) disconnect();
  if (!connected()) moved |= drop();
  return moved;
}

void tcp_port::accept() noexcept {
  const long accepted = system_call(SYS_accept, listening_, nullptr, nullptr);
  if (accepted < 0) return;
  client_ = static_cast<int>(accepted);
  signal_changes_of(client_);
  state_ = state::connected;
}

void tcp_port::disconnect() noexcept {
  system_call(SYS_close, client_);
  client_ = -1;
  state_ = state::left;
}

bool tcp_port::receive() noexcept {
  bool received = false;
  while (!to_driver_.empty()) {
    const auto buffer = to_driver_.front();
    const long count = system_call(SYS_recvfrom, client_, buffer.data(), buffer.size(), 0, nullptr);
    if (is_not_ready(count)) break;
    if (count <= 0) {
      disconnect();
      break;
    }
    to_driver_.give_back(static_cast<std::size_t>(count));
    received = true;
  }
  return received;
}

bool tcp_port::send() noexcept {
  bool sent = false;
  while (!from_driver_.empty()) {
    const auto rest = from_driver_.front().subspan(sent_);
    const long count = system_call(SYS_sendto, client_, rest.data(), rest.size(), MSG_NOSIGNAL, nullptr);
    if (is_not_ready(count)) break;
    if (count < 0) {
      disconnect();
      break;
    }
    sent_ += static_cast<std::size_t>(count);
    if (sent_ < from_driver_.front().size()) continue;
    sent_ = 0;
    from_driver_.give_back(0);
    sent = true;
  }
  return sent;
}

/// What is for nobody.
bool tcp_port::drop() noexcept {
  sent_ = 0;
  if (from_driver_.empty()) return false;
  while (!from_driver_.empty()) from_driver_.give_back(0);
  return true;
}

}  // namespace bobbin::isa
