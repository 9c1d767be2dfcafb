/// The serial console: what print writes to and read_line reads from.
#pragma once

#include <core/format.hpp>

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

/// The next byte of input, if one has arrived.
std::optional<std::uint8_t> try_read() noexcept;

/// The next byte of input. Other tasks run while this one waits.
std::uint8_t read() noexcept;

/// How often the device has lost input because it was not read in time, as far as it tells: at least as many bytes.
std::uint32_t overruns() noexcept;

sink output() noexcept;

}  // namespace console

/// Writes to the console: print("{} of {}\n", done, all). The format is checked at compile time; see core/format.hpp.
template <class... Args>
void print(format_string<std::type_identity_t<Args>...> format, const Args&... args) {
  format_to(console::output(), format, args...);
}

}  // namespace bobbin
