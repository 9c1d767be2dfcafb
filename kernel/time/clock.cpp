#include <arch/clock.hpp>
#include <task/hart.hpp>
#include <time/clock.hpp>

namespace bobbin {
namespace {

using wide = unsigned __int128;

constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;

/// Nanoseconds a tick, with 32 bits after the point. Set once at boot.
constinit std::uint64_t scale = 0;
constinit std::uint64_t first_tick = 0;

std::uint64_t nanoseconds_after(std::uint64_t ticks) noexcept { return static_cast<std::uint64_t>(wide{ticks} * scale >> 32); }

}  // namespace

void clock::start(std::uint64_t ticks_per_second) noexcept {
  scale = (nanoseconds_per_second << 32) / ticks_per_second;
  this_hart().moment = first_tick = arch::clock::ticks();
}

clock::time_point clock::at(std::uint64_t tick) noexcept {
  return time_point{duration{static_cast<rep>(nanoseconds_after(tick - first_tick))}};
}

clock::time_point clock::now() noexcept { return at(this_hart().moment = arch::clock::ticks()); }

std::uint64_t clock::tick_of(time_point when) noexcept {
  const auto since_start = when.time_since_epoch().count();
  if (since_start <= 0) return first_tick;
  const auto nanoseconds = static_cast<std::uint64_t>(since_start);
  const wide exactly = (wide{nanoseconds} << 32) / scale;
  if (exactly > UINT64_MAX - first_tick - 1) return UINT64_MAX;
  const auto ticks = static_cast<std::uint64_t>(exactly);
  return first_tick + ticks + (nanoseconds_after(ticks) < nanoseconds ? 1 : 0);
}

}  // namespace bobbin
