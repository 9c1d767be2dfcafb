/// Thread-local storage, riscv64 (psABI "TLS variant I"): tp points at the first byte of a task's copy.
///
///   top ->  +-----------------------------+
///           | room lost to alignment      |
///           | .tbss, zeroes               |
///           | .tdata, the initial values  |
///   tp  ->  +-----------------------------+  aligned as the strictest object; also the bottom
#pragma once

#include <arch/image.hpp>
#include <arch/tls.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace bobbin::isa {

class tls {
 public:
  [[gnu::always_inline]] static inline std::size_t bytes() noexcept { return size() == 0 ? 0 : size() + alignment(); }

  static arch::tls_block place(std::byte* top) noexcept {
    const auto bottom = (reinterpret_cast<std::uintptr_t>(top) - size()) & -alignment();
    auto* const block = reinterpret_cast<std::byte*>(bottom);
    if (size() != 0) {
      const std::size_t given = static_cast<std::size_t>(__tdata_end - __tdata_start);
      std::memcpy(block, __tdata_start, given);
      std::memset(block + given, 0, size() - given);
    }
    return {block, block};
  }

 private:
  // Absolute symbols near 0: out of reach for the pc-relative addresses that the compiler makes.
  [[gnu::always_inline]] static inline std::size_t size() noexcept {
    std::size_t value;
    asm("lui %0, %%hi(__tls_bytes)\n\taddi %0, %0, %%lo(__tls_bytes)" : "=r"(value));
    return value;
  }

  [[gnu::always_inline]] static inline std::size_t alignment() noexcept {
    std::size_t value;
    asm("lui %0, %%hi(__tls_align)\n\taddi %0, %0, %%lo(__tls_align)" : "=r"(value));
    return value;
  }
};

}  // namespace bobbin::isa
