#include <io/console.hpp>
#include <io/line_editor.hpp>
#include <task/this_task.hpp>

namespace bobbin {
namespace {

enum control : std::uint8_t {
  ctrl_c = 0x03,
  ctrl_d = 0x04,
  backspace = 0x08,
  line_feed = 0x0a,
  carriage_return = 0x0d,
  ctrl_u = 0x15,
  rubout = 0x7f,
};

constexpr bool continues_utf8(char c) noexcept { return (static_cast<std::uint8_t>(c) & 0xc0) == 0x80; }

}  // namespace

input_line line_editor::read_line_before(std::string_view prompt, clock::time_point deadline) noexcept {
  length_ = dropped_ = 0;
  if (ended_) return {line_status::end, {}, 0};
  console::write(prompt);
  for (;;) {
    const auto byte = console::read_before(deadline);
    if (!byte) return {this_task::stop_requested() ? line_status::stopped : line_status::timed_out, text(), dropped_};
    switch (accept(*byte)) {
      case step::more: break;
      case step::line: return {line_status::line, text(), dropped_};
      case step::end: return {line_status::end, {}, 0};
      case step::interrupted: return {line_status::interrupted, {}, 0};
    }
  }
}

line_editor::step line_editor::accept(std::uint8_t byte) noexcept {
  const bool second_of_crlf = std::exchange(after_cr_, byte == carriage_return) && byte == line_feed;
  switch (byte) {
    case line_feed:
      if (second_of_crlf) return step::more;
      [[fallthrough]];
    case carriage_return:
      console::write("\n");
      return step::line;
    case ctrl_c:
      console::write("^C\n");
      return step::interrupted;
    case ctrl_d:
      ended_ = true;
      console::write("\n");
      return length_ > 0 ? step::line : step::end;
    case backspace:
    case rubout: erase_last(); return step::more;
    case ctrl_u: erase_all(); return step::more;
    default:
      if (byte < 0x20 && byte != '\t')
        console::write("\a");
      else
        append(byte == '\t' ? ' ' : static_cast<char>(byte));
      return step::more;
  }
}

void line_editor::append(char c) noexcept {
  if (length_ == buffer_.size()) {
    ++dropped_;
    console::write("\a");
    return;
  }
  buffer_[length_++] = c;
  console::write({&c, 1});
}

void line_editor::erase_last() noexcept {
  if (length_ == 0) return;
  while (length_ > 1 && continues_utf8(buffer_[length_ - 1])) --length_;
  --length_;
  console::write("\b \b");
}

void line_editor::erase_all() noexcept {
  while (length_ > 0) erase_last();
  dropped_ = 0;
}

}  // namespace bobbin
