/// What a task is to do: instructions drawn from a seed. tests/model/programs.py draws the same.
#pragma once

#include <bobbin.hpp>

#include <cstddef>
#include <cstdint>
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
enum class form : std::uint8_t { plain, attempt, for_none, until_past, for_long, until_never, until_soon };
inline constexpr std::string_view form_names[]{"plain",    "attempt",     "for_none",  "until_past",
                                               "for_long", "until_never", "until_soon"};

enum class action : std::uint8_t {
  yield, release, notify, count_down, set, send, receive, stop, request, start, lock, unlock, acquire, wait_condition,
  wait_latch, arrive, wait_barrier, arrive_and_wait, arrive_and_drop, reset, wait_event, close, select, listen, join,
  start_member, join_group, stop_group, exit,
  // Drawn by nobody, and only told of.
  begin, end, phase, pass, ask, joined, group_joined, left,
};

struct kind {
  std::string_view name;
  std::uint8_t for_tasks = 0, for_helpers = 0;  ///< how often it is drawn, compared with the others
  std::uint8_t objects = 1;                     ///< how many there are to do it to
};
inline constexpr kind kinds[]{
  {"yield", 10, 4, 1}, {"release", 12, 12, 3}, {"notify", 14, 16, 3}, {"count_down", 6, 6, 3}, {"set", 7, 6, 3},
  {"send", 18, 16, 6}, {"receive", 18, 16, 6}, {"stop", 2, 3, 50}, {"request", 1, 1, 2}, {"start", 5, 6, 50},
  {"lock", 30, 0, 12}, {"unlock", 24, 0, 1}, {"acquire", 12, 0, 3}, {"wait_condition", 14, 0, 3},
  {"wait_latch", 6, 0, 3}, {"arrive", 5, 0, 2}, {"wait_barrier", 5, 0, 2}, {"arrive_and_wait", 7, 0, 2},
  {"arrive_and_drop", 1, 0, 2}, {"reset", 4, 0, 3}, {"wait_event", 7, 0, 3}, {"close", 1, 0, 6}, {"select", 22, 0, 6},
  {"listen", 4, 0, 2}, {"join", 5, 0, 50}, {"start_member", 6, 0, 2}, {"join_group", 2, 0, 2},
  {"stop_group", 1, 0, 2}, {"exit", 1, 0, 1}, {"begin"}, {"end"}, {"phase"}, {"pass"}, {"ask"}, {"joined"},
  {"group_joined"}, {"left"},
};

struct instruction {
  action what = action::begin;
  std::uint8_t object = 0;
  form how = form::plain;
  std::uint8_t b = 0, c = 0;  ///< further random numbers
};

/// The instructions of one task.
class program {
 public:
  /// Whether deadlines may come while it is run.
  enum class clockwork : bool { stands, runs };
  using weight = std::uint8_t kind::*;

  /// `least` of them, or up to `more` more.
  program(std::uint32_t seed, std::uint32_t who, std::uint32_t least, std::uint32_t more, weight, clockwork) noexcept;

  std::uint32_t length() const noexcept { return length_; }
  /// Each is drawn when it is its turn.
  instruction next() noexcept;

 private:
  random_words words_;
  weight weight_;
  clockwork time_;
  std::uint32_t length_;
};

}  // namespace random_programs
