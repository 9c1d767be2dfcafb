/// Priorities: make PRIORITIES=4 gives tasks four of them, 0 to 3, of which the highest goes first. With one, which is
/// usual, there are none, and nothing is paid for them.
#pragma once

#include <cstdint>

#ifndef BOBBIN_PRIORITIES
#define BOBBIN_PRIORITIES 1
#endif

namespace bobbin {

inline constexpr unsigned priority_levels = BOBBIN_PRIORITIES;
static_assert(priority_levels >= 1 && priority_levels <= 32, "PRIORITIES is a number from 1 to 32");
inline constexpr bool has_priorities = priority_levels > 1;

// What there is of priorities in an object: with one level, nothing, which takes no memory and does nothing.

/// Of one task.
template <bool>
class priority_of {
 public:
  unsigned own() const noexcept { return own_; }      ///< what its programmer gave it
  unsigned level() const noexcept { return level_; }  ///< what it runs at: its own, or what those lend who wait for what it has
  bool lent() const noexcept { return level_ != own_; }
  void set_own(unsigned level) noexcept { own_ = static_cast<std::uint8_t>(level); }
  void set_level(unsigned level) noexcept { level_ = static_cast<std::uint8_t>(level); }

 private:
  std::uint8_t own_ = 0, level_ = 0;
};
template <>
class priority_of<false> {
 public:
  static constexpr unsigned own() noexcept { return 0; }
  static constexpr unsigned level() noexcept { return 0; }
  static constexpr bool lent() noexcept { return false; }
  static constexpr void set_own(unsigned) noexcept {}
  static constexpr void set_level(unsigned) noexcept {}
};

/// Of a queue that is for what one task at a time has: how many wait at each level.
template <bool>
class lenders {
 public:
  void add(unsigned level) noexcept { ++count_[level]; }
  void remove(unsigned level) noexcept { --count_[level]; }
  /// 0 if nobody waits.
  unsigned highest() const noexcept {
    unsigned level = priority_levels - 1;
    while (level > 0 && count_[level] == 0) --level;
    return level;
  }

 private:
  std::uint32_t count_[priority_levels] = {};
};
template <>
class lenders<false> {
 public:
  static constexpr void add(unsigned) noexcept {}
  static constexpr void remove(unsigned) noexcept {}
  static constexpr unsigned highest() noexcept { return 0; }
};

/// Of a queue: whether it is such a one.
template <bool>
class lending {
 public:
  constexpr void begin() noexcept { lends_ = true; }
  bool lends() const noexcept { return lends_; }

 private:
  bool lends_ = false;
};
template <>
class lending<false> {
 public:
  static constexpr void begin() noexcept {}
  static constexpr bool lends() noexcept { return false; }
};

}  // namespace bobbin
