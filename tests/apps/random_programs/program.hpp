/// What a task is to do: instructions drawn from a seed. tests/model/programs.py draws the same.
#pragma once

#include <bobbin.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace random_programs {

using namespace bobbin;

/// splitmix64 (Steele, Lea and Flood, 2014).
class random_words {
 public:
  explicit random_words(std::uint64_t state) noexcept : state_{state} {}

  std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t word = state_;
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
    word = (word ^ word >> 27) * 0x94d049bb133111eb;
    return word ^ word >> 31;
  }

 private:
  std::uint64_t state_;
};

/// Which of the forms a wait has.
enum class form : std::uint8_t { plain, attempt, for_none, until_past, for_long, until_never };
inline constexpr std::string_view form_names[]{"plain", "attempt", "for_none", "until_past", "for_long", "until_never"};

/// The first ones are those that help others; the last ones are drawn by nobody, and only told of.
enum class action : std::uint8_t {
  yield, release, notify, count_down, set, send, receive, stop, request, start,
  lock, unlock, acquire, wait_condition, wait_latch, arrive, wait_barrier, arrive_and_wait, arrive_and_drop, reset, wait_event,
  close, select, listen, join, start_member, join_group, stop_group,
  begin, end, phase, ask, joined, group_joined, left,
};
inline constexpr std::string_view action_names[]{
  "yield", "release", "notify", "count_down", "set", "send", "receive", "stop", "request", "start",
  "lock", "unlock", "acquire", "wait_condition", "wait_latch", "arrive", "wait_barrier", "arrive_and_wait", "arrive_and_drop",
  "reset", "wait_event", "close", "select", "listen", "join", "start_member", "join_group", "stop_group",
  "begin", "end", "phase", "ask", "joined", "group_joined", "left",
};

/// How often each is drawn, compared with the others.
inline constexpr std::uint8_t weights_for_tasks[]{
  10, 12, 14, 6, 7, 18, 18, 2, 1, 5,
  30, 24, 12, 14, 6, 5, 5, 7, 1, 4, 7,
  1, 22, 4, 5, 6, 2, 1,
};
inline constexpr std::uint8_t weights_for_helpers[]{4, 12, 16, 6, 6, 16, 16, 3, 1, 6};

struct instruction {
  action what = action::begin;
  form how = form::plain;
  std::uint8_t a = 0, b = 0, c = 0;
};

/// The instructions of one task.
class program {
 public:
  /// `least` of them, or up to `more` more.
  program(std::uint32_t seed, std::uint32_t who, std::uint32_t least, std::uint32_t more,
          std::span<const std::uint8_t> weights) noexcept;

  std::uint32_t length() const noexcept { return length_; }
  /// Each is drawn when it is its turn.
  instruction next() noexcept;

 private:
  random_words words_;
  std::span<const std::uint8_t> weights_;
  std::uint32_t length_;
};

}  // namespace random_programs
