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

/// Says so if the image, stacks included, reaches `end`: of RAM, or of what is free of it.
inline void expect_image_below(std::uintptr_t end, std::size_t ram_bytes) noexcept {
  constexpr std::size_t mebibyte = 1 << 20;
  const auto image_end = reinterpret_cast<std::uintptr_t>(__image_end);
  if (image_end <= end) return;
  const std::size_t needed = ram_bytes + (image_end - end);
  early_panic("the image needs {} MiB, this machine has {} MiB", (needed + mebibyte - 1) / mebibyte,
              ram_bytes / mebibyte);
}

}  // namespace bobbin::arch
