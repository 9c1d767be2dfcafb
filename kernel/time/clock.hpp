/// Time since boot. A std::chrono clock: it never stops and never jumps.
#pragma once

#include <core/chrono.hpp>

#include <cstdint>

namespace bobbin {

using namespace std::chrono_literals;

struct clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<clock>;
  static constexpr bool is_steady = true;
  static constexpr time_point never = time_point::max();

  /// Cost: some 10 instructions.
  static time_point now() noexcept;

  /// What it shows at a tick of the time base.
  static time_point at(std::uint64_t tick) noexcept;

  /// Starts counting. Called once, at boot, with the rate of the machine's time base.
  static void start(std::uint64_t ticks_per_second) noexcept;

  /// The first tick of the time base at which now() is `when` or later; the last one if there is none.
  static std::uint64_t tick_of(time_point when) noexcept;
};

}  // namespace bobbin
