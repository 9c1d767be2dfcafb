/// Reading from a device and writing to it, byte by byte, by tasks that wait for it: the same for all devices.
///
///   std::byte buffer[256];
///   while (const auto got = stream.read_some(buffer)) stream.write_all(std::span{buffer}.first(got.bytes));
///
/// Each waits for as long as it takes, or for a time (_for), or until a time (_until); and ends when its task is asked to
/// stop, or when the other end is gone: `closed`. A deadline that is over leaves what can be done at once. Who was asked to
/// stop reads nothing more, and writes what can be written at once.
#pragma once

#include <core/chrono.hpp>
#include <io/readiness.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace bobbin {

/// How much was read or written, and why no more: `ok` if it is all that was wanted.
struct [[nodiscard]] io_result {
  std::size_t bytes = 0;
  wait_status status = wait_status::ok;

  explicit operator bool() const noexcept { return status == wait_status::ok; }
};

/// A line without its end, a line feed or a carriage return and one. Unless the status is `ok`: what has come of it.
struct [[nodiscard]] text_line {
  std::string_view text;    ///< in the caller's buffer
  std::size_t dropped = 0;  ///< characters that did not fit
  wait_status status = wait_status::ok;

  explicit operator bool() const noexcept { return status == wait_status::ok; }
};

/// A Device is one of these, and has
///   io_result read_before(std::span<std::byte>, clock::time_point): waits for one byte, and takes what there is
///   io_result write_before(std::span<const std::byte>, clock::time_point): waits until it has taken all
template <class Device>
class byte_stream {
  using input = std::span<std::byte>;
  using output = std::span<const std::byte>;

 public:
  /// Reads what there is, at least one byte, at most as many as fit.
  io_result read_some(input into) noexcept { return read_before_stop(into, clock::never); }
  template <class Rep, class Period>
  io_result read_some_for(input into, std::chrono::duration<Rep, Period> time) noexcept {
    return read_before_stop(into, deadline_after(time));
  }
  template <class Duration>
  io_result read_some_until(input into, std::chrono::time_point<clock, Duration> when) noexcept {
    return read_before_stop(into, deadline_at(when));
  }

  /// Writes all of it; returns when the device has taken it over, and the memory can be used again.
  io_result write_all(output bytes) noexcept { return device().write_before(bytes, clock::never); }
  io_result write_all(std::string_view text) noexcept { return write_all(std::as_bytes(std::span{text})); }
  template <class Rep, class Period>
  io_result write_all_for(output bytes, std::chrono::duration<Rep, Period> time) noexcept {
    return device().write_before(bytes, deadline_after(time));
  }
  template <class Duration>
  io_result write_all_until(output bytes, std::chrono::time_point<clock, Duration> when) noexcept {
    return device().write_before(bytes, deadline_at(when));
  }

  text_line read_line(std::span<char> into) noexcept { return read_line_before(into, clock::never); }
  template <class Rep, class Period>
  text_line read_line_for(std::span<char> into, std::chrono::duration<Rep, Period> time) noexcept {
    return read_line_before(into, deadline_after(time));
  }
  template <class Duration>
  text_line read_line_until(std::span<char> into, std::chrono::time_point<clock, Duration> when) noexcept {
    return read_line_before(into, deadline_at(when));
  }

 private:
  Device& device() noexcept { return static_cast<Device&>(*this); }

  io_result read_before_stop(input into, clock::time_point deadline) noexcept {
    if (asked_to_stop()) return {0, wait_status::stopped};
    return device().read_before(into, deadline);
  }

  /// Byte by byte: what follows the line stays where it is.
  text_line read_line_before(std::span<char> into, clock::time_point deadline) noexcept {
    std::size_t length = 0, dropped = 0;
    const auto so_far = [&] { return std::string_view{into.data(), length}; };
    for (;;) {
      std::byte next;
      const io_result got = read_before_stop({&next, 1}, deadline);
      if (!got) return {so_far(), dropped, got.status};
      if (next == std::byte{'\n'}) break;
      if (length < into.size())
        into[length++] = static_cast<char>(next);
      else
        ++dropped;
    }
    if (dropped == 0 && so_far().ends_with('\r')) --length;
    return {so_far(), dropped};
  }
};

}  // namespace bobbin
