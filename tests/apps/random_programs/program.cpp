#include "program.hpp"

namespace random_programs {
namespace {

using enum form;
constexpr form forms[][8]{
  {plain, plain, plain, attempt, for_none, until_past, for_long, until_never},
  {plain, plain, attempt, until_past, for_long, until_soon, until_soon, until_soon},
};

action weighed(program::weight weight, std::uint32_t draw) noexcept {
  std::uint32_t sum = 0;
  for (const kind& each : kinds) sum += each.*weight;
  draw %= sum;
  std::uint8_t what = 0;
  while (draw >= kinds[what].*weight) draw -= kinds[what++].*weight;
  return action{what};
}

}  // namespace

program::program(std::uint32_t seed, std::uint32_t who, std::uint32_t least, std::uint32_t more, weight weight,
                 clockwork time) noexcept
    : words_{seed * 1000ull + who},
      weight_{weight},
      time_{time},
      length_{least + static_cast<std::uint32_t>(words_.next() % (more + 1))} {}

instruction program::next() noexcept {
  const std::uint64_t word = words_.next();
  const auto byte = [word](int place) { return static_cast<std::uint8_t>(word >> 8 * place); };
  const action what = weighed(weight_, static_cast<std::uint32_t>(word));
  const auto object = static_cast<std::uint8_t>(byte(5) % kinds[static_cast<std::size_t>(what)].objects);
  return {what, object, forms[static_cast<std::size_t>(time_)][byte(4) % 8], byte(6), byte(7)};
}

}  // namespace random_programs
