#include <arch/image.hpp>
#include <arch/memory.hpp>
#include <arch/stack_watch.hpp>
#include <task/abandon.hpp>
#include <task/control_block.hpp>
#include <task/generator_record.hpp>
#include <task/stack.hpp>

#include <algorithm>

namespace bobbin {
namespace {

std::span<std::uintptr_t> words(stack_view memory) noexcept {
  return {reinterpret_cast<std::uintptr_t*>(memory.low()), memory.size() / sizeof(std::uintptr_t)};
}

/// The foot of memory that was never a stack can say anything, so an owner is believed only if it points back.
const stack_user* owner(stack_view memory) noexcept {
  const auto* user = reinterpret_cast<const stack_user*>(words(memory).front());
  return plausible(user) && reinterpret_cast<const std::byte*>(user->foot) == memory.low() ? user : nullptr;
}

/// Generators keep themselves on their stack, tasks elsewhere.
bool is_generator(const stack_user& user, stack_view memory) noexcept {
  const auto* at = reinterpret_cast<const std::byte*>(&user);
  return at >= memory.low() && at < memory.high();
}

bool needed(const stack_user& user, stack_view memory) noexcept {
  if (!is_generator(user, memory)) return static_cast<const control_block&>(user).alive();
  const auto& generator = static_cast<const generator_record&>(user);
  return generator.handle != nullptr || !generator.ended();
}

}  // namespace

bool plausible(const void* candidate, std::size_t bytes) noexcept {
  const auto* first = static_cast<const std::byte*>(candidate);
  const auto address = reinterpret_cast<std::uintptr_t>(candidate);
  constexpr std::size_t word = sizeof(std::uintptr_t);
  return address % word == 0 && first >= __image_start && first < __image_end && first + bytes <= __image_end &&
         arch::is_mapped(address) && arch::is_mapped(address + bytes - word);
}

bool in_use(stack_view memory) noexcept {
  const stack_user* const user = owner(memory);
  return user != nullptr && (needed(*user, memory) || !forget_tasks_within(memory.bytes()));
}

void prepare(stack_view memory) noexcept {
  arch::watch::occupied(memory.low(), memory.size());
  if (vacated(memory.low())) return;
  if (memory.guarded()) {
    const auto low_page = reinterpret_cast<std::uintptr_t>(memory.low()) / page_bytes;
    arch::unmap_page(reinterpret_cast<std::byte*>((low_page - 1) * page_bytes));
  }
  arch::watch::prepared(memory.low(), memory.size());
  std::ranges::fill(words(memory), untouched);
}

std::size_t high_water_bytes(stack_view memory) noexcept {
  const auto above_foot = words(memory).subspan(sizeof(stack_foot) / sizeof(untouched));
  const auto deepest = std::ranges::find_if(above_foot, [](auto word) { return word != untouched; });
  return static_cast<std::size_t>(above_foot.end() - deepest) * sizeof(untouched);
}

}  // namespace bobbin
