/// The panic of a machine that is not up: no console, no tasks, perhaps no cleared memory. Needs a stack and the text.
#pragma once

#include <arch/image.hpp>
#include <arch/machine.hpp>
#include <core/format.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace bobbin::arch {

template <class... Args>
[[noreturn, gnu::noinline, gnu::cold]] void early_panic(format_string<std::type_identity_t<Args>...> what,
                                                        const Args&... args) noexcept {
  constexpr int panic_status = 101;
  constexpr sink out{.put = [](void*, std::string_view text) { for (const char c : text) early_write(c); },
                     .context = nullptr};
  format_to(out, "bobbin: panic: ");
  format_to(out, what, args...);
  format_to(out, "\n");
  power_off(panic_status);
}

/// Says so if the image, stacks included, reaches beyond `end` of the memory from `base` on. `limit` names an end that
/// is not the end of RAM.
inline void expect_image_below(std::uintptr_t end, std::uintptr_t base, std::string_view limit = "") noexcept {
  constexpr std::size_t mebibyte = 1 << 20;
  const auto image_end = reinterpret_cast<std::uintptr_t>(__image_end);
  if (image_end <= end) return;
  early_panic("the image needs {} MiB, this machine has {} MiB{}", (image_end - base + mebibyte - 1) / mebibyte,
              (end - base) / mebibyte, limit);
}

}  // namespace bobbin::arch
