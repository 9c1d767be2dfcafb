/// The serial console: what print writes to and read_line reads from.
#pragma once

#include <core/chrono.hpp>
#include <core/format.hpp>
#include <io/byte_stream.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace bobbin {

namespace console {

/// Starts the 16550 at `uart`. Before that, output goes through the firmware.
void start(std::uintptr_t uart) noexcept;

/// Has input arrive by interrupt `line`. Before that, none arrives.
void start_input(unsigned line) noexcept;

/// Sends `text`; returns when the device has all of it.
void write(std::string_view text) noexcept;

/// Begins a new line unless the output is at the beginning of one.
void start_of_line() noexcept;

/// The next byte of input, if one has arrived. Handlers may call this.
std::optional<std::uint8_t> try_read() noexcept;

/// The next byte of input, if it arrives before `deadline` and the task is not asked to stop.
std::optional<std::uint8_t> read_before(clock::time_point deadline) noexcept;

/// The next byte of input. Other tasks run while this one waits. Nothing if the task was asked to stop.
inline std::optional<std::uint8_t> read() noexcept { return read_before(clock::never); }

/// Nothing if the time has passed as well.
template <class Rep, class Period>
std::optional<std::uint8_t> read_for(std::chrono::duration<Rep, Period> time) noexcept {
  return read_before(deadline_after(time));
}
template <class Duration>
std::optional<std::uint8_t> read_until(std::chrono::time_point<clock, Duration> when) noexcept {
  return read_before(deadline_at(when));
}

/// How often the device has lost input because it was not read in time, as far as it tells: at least as many bytes.
std::uint32_t overruns() noexcept;

sink output() noexcept;

/// The console as a stream like others: bytes as they come, without an echo. It is never closed, and always takes output.
struct terminal : byte_stream<terminal> {
  io_result read_before(std::span<std::byte> into, clock::time_point deadline) noexcept;
  io_result write_before(std::span<const std::byte> bytes, clock::time_point) noexcept;
};
inline constinit terminal stream;

}  // namespace console

/// Writes to the console: print("{} of {}\n", done, all). The format is checked at compile time; see core/format.hpp.
template <class... Args>
void print(format_string<std::type_identity_t<Args>...> format, const Args&... args) {
  format_to(console::output(), format, args...);
}

}  // namespace bobbin
