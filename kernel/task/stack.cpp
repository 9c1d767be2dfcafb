#include <arch/image.hpp>
#include <task/stack.hpp>

#include <algorithm>

namespace bobbin {
namespace {

constexpr std::uintptr_t untouched = 0xb0bb'1b0b'b1b0'bb1bull;

std::span<std::uintptr_t> words(stack_view memory) noexcept {
  return {reinterpret_cast<std::uintptr_t*>(memory.low()), memory.size() / sizeof(std::uintptr_t)};
}

/// The owner word of memory that was never a stack can be anything, so it is believed only if it points into this
/// image, at something whose floor points back.
const stack_user* owner(stack_view memory) noexcept {
  const auto candidate = reinterpret_cast<std::byte*>(words(memory).front());
  const bool plausible = reinterpret_cast<std::uintptr_t>(candidate) % alignof(stack_user) == 0 &&
                         candidate >= __image_start && candidate + sizeof(stack_user) <= __image_end;
  if (!plausible) return nullptr;
  const auto* user = reinterpret_cast<const stack_user*>(candidate);
  return user->floor == reinterpret_cast<std::uintptr_t>(memory.low()) + stack_reserve_bytes ? user : nullptr;
}

}  // namespace

bool in_use(stack_view memory) noexcept { return owner(memory) != nullptr; }

void paint(stack_view memory) noexcept {
  if (words(memory).front() != untouched) std::ranges::fill(words(memory), untouched);
}

void occupy(stack_view memory, stack_user& user) noexcept {
  user.floor = reinterpret_cast<std::uintptr_t>(memory.low()) + stack_reserve_bytes;
  user.span = memory.size() - stack_reserve_bytes;
  user.owner_word() = reinterpret_cast<std::uintptr_t>(&user);
}

void vacate(stack_user& user) noexcept { user.owner_word() = untouched; }

std::size_t high_water_bytes(stack_view memory) noexcept {
  const auto above_owner = words(memory).subspan(1);
  const auto deepest = std::ranges::find_if(above_owner, [](auto word) { return word != untouched; });
  return static_cast<std::size_t>(above_owner.end() - deepest) * sizeof(untouched);
}

}  // namespace bobbin
