/// A line of input from a person at a terminal, or from a file behind it.
///
///   Enter (CR or LF)     ends the line               Ctrl-U   empties it
///   Backspace, Delete    takes back a character      Ctrl-C   gives the line up
///                                                    Ctrl-D   ends the input; after text, ends the line first
///
/// What is typed is echoed. Other control bytes, and what no longer fits, are answered by a bell and dropped; bytes over 127 pass
/// unchanged, and a UTF-8 sequence is taken back as a whole.
#pragma once

#include <core/chrono.hpp>
#include <time/deadline.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bobbin {

enum class line_status : std::uint8_t {
  line,         ///< a line, possibly empty
  end,          ///< the input has ended
  interrupted,  ///< Ctrl-C
  timed_out,    ///< the deadline came before the end of the line
  stopped,      ///< the task was asked to stop
};

struct input_line {
  line_status status = line_status::end;
  std::string_view text;    ///< in the buffer, without the end of line; what there is of it if the time was over
  std::size_t dropped = 0;  ///< characters that did not fit

  explicit operator bool() const noexcept { return status == line_status::line; }
};

class line_editor {
 public:
  constexpr explicit line_editor(std::span<char> buffer) noexcept : buffer_{buffer} {}

  /// Shows `prompt` and reads a line. Other tasks run meanwhile. The text is valid until the next call.
  input_line read_line(std::string_view prompt) noexcept { return read_line_before(prompt, clock::never); }
  template <class Rep, class Period>
  input_line read_line_for(std::string_view prompt, std::chrono::duration<Rep, Period> time) noexcept {
    return read_line_before(prompt, deadline_after(time));
  }
  template <class Duration>
  input_line read_line_until(std::string_view prompt, std::chrono::time_point<clock, Duration> when) noexcept {
    return read_line_before(prompt, deadline_at(when));
  }

 private:
  enum class step : std::uint8_t { more, line, end, interrupted };

  input_line read_line_before(std::string_view prompt, clock::time_point deadline) noexcept;
  step accept(std::uint8_t byte) noexcept;
  void append(char c) noexcept;
  void erase_last() noexcept;
  void erase_all() noexcept;
  std::string_view text() const noexcept { return {buffer_.data(), length_}; }

  std::span<char> buffer_;
  std::size_t length_ = 0;
  std::size_t dropped_ = 0;
  bool ended_ = false;      ///< Ctrl-D followed the latest line
  bool after_cr_ = false;   ///< a line feed now belongs to the carriage return before it
};

}  // namespace bobbin
