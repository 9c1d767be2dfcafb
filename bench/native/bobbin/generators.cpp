/// Bobbin's generators.
#include "../contestant.hpp"

#include <bobbin.hpp>

#include <optional>
#include <ranges>

namespace native {
namespace {

using namespace bobbin;

constexpr const char* name = "Bobbin";

stack<16_KiB> memory;
constinit std::optional<generator<unsigned>> numbers;

constexpr auto count = [](auto& yield) {
  for (unsigned i = 0; yield(i); ++i) {}
};

void begin() { numbers.emplace(memory, count); }
void begin_deep() {
  numbers.emplace(memory, [](auto& yield) { call_deep(count, yield); });
}
void begin_walk() {
  numbers.emplace(memory, [](auto& yield) {
    auto visit = [&yield](unsigned node) { return yield(node); };
    while (walk(tree_root, visit)) {}
  });
}
void end() { numbers.reset(); }

void items(unsigned rounds) {
  for (const unsigned number : *numbers) {
    use(number);
    if (--rounds == 0) break;
  }
}

void items_beside_six_values(unsigned rounds) {
  six_values values;
  for (const unsigned number : *numbers) {
    use(number);
    values.change();
    if (--rounds == 0) break;
  }
}

void items_in_a_pipeline(unsigned rounds) {
  constexpr auto twice = [](unsigned number) { return 2 * number; };
  for (const unsigned number : *numbers | std::views::transform(twice) | std::views::take(rounds)) use(number);
}

void lives(unsigned rounds) {
  for (; rounds != 0; --rounds) {
    generator<unsigned> one{memory, [](auto& yield) {
      for (unsigned i = 0; yield(i); ++i) {}
    }};
    use(*one.resume());
  }
}

const contestant contestants[]{
    {row::item, name, items, begin, end},
    {row::six_values, name, items_beside_six_values, begin, end},
    {row::deep, name, items, begin_deep, end},
    {row::walk, name, items, begin_walk, end},
    {row::views, name, items_in_a_pipeline, begin, end},
    {row::life, name, lives},
};

}  // namespace
}  // namespace native
