#include <arch/image.hpp>
#include <arch/memory.hpp>
#include <task/stack.hpp>

#include <algorithm>

namespace bobbin {
namespace {

std::span<std::uintptr_t> words(stack_view memory) noexcept {
  return {reinterpret_cast<std::uintptr_t*>(memory.low()), memory.size() / sizeof(std::uintptr_t)};
}

/// The foot of memory that was never a stack can say anything, so an owner is believed only if it lies in this image and
/// points back.
const stack_user* owner(stack_view memory) noexcept {
  const auto candidate = reinterpret_cast<std::byte*>(words(memory).front());
  const bool plausible = reinterpret_cast<std::uintptr_t>(candidate) % alignof(stack_user) == 0 &&
                         candidate >= __image_start && candidate + sizeof(stack_user) <= __image_end;
  if (!plausible) return nullptr;
  const auto* user = reinterpret_cast<const stack_user*>(candidate);
  return reinterpret_cast<const std::byte*>(user->foot) == memory.low() ? user : nullptr;
}

}  // namespace

bool in_use(stack_view memory) noexcept { return owner(memory) != nullptr; }

void prepare(stack_view memory) noexcept {
  if (vacated(memory.low())) return;
  if (memory.guarded()) {
    const auto low_page = reinterpret_cast<std::uintptr_t>(memory.low()) / page_bytes;
    arch::unmap_page(reinterpret_cast<std::byte*>((low_page - 1) * page_bytes));
  }
  std::ranges::fill(words(memory), untouched);
}

std::size_t high_water_bytes(stack_view memory) noexcept {
  const auto above_foot = words(memory).subspan(sizeof(stack_foot) / sizeof(untouched));
  const auto deepest = std::ranges::find_if(above_foot, [](auto word) { return word != untouched; });
  return static_cast<std::size_t>(above_foot.end() - deepest) * sizeof(untouched);
}

}  // namespace bobbin
