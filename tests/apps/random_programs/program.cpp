#include "program.hpp"

#include <numeric>

namespace random_programs {
namespace {

constexpr form forms[]{form::plain,      form::plain,    form::plain,    form::attempt,
                       form::for_none, form::until_past, form::for_long, form::until_never};

action weighed(std::span<const std::uint8_t> weights, std::uint32_t draw) noexcept {
  draw %= std::accumulate(weights.begin(), weights.end(), 0u);
  std::uint8_t what = 0;
  while (draw >= weights[what]) draw -= weights[what++];
  return action{what};
}

}  // namespace

program::program(std::uint32_t seed, std::uint32_t who, std::uint32_t least, std::uint32_t more,
                 std::span<const std::uint8_t> weights) noexcept
    : words_{seed * 1000ull + who}, weights_{weights}, length_{least + static_cast<std::uint32_t>(words_.next() % (more + 1))} {}

instruction program::next() noexcept {
  const std::uint64_t word = words_.next();
  const auto byte = [word](int place) { return static_cast<std::uint8_t>(word >> 8 * place); };
  return {weighed(weights_, static_cast<std::uint32_t>(word)), forms[byte(4) % 8], byte(5), byte(6), byte(7)};
}

}  // namespace random_programs
