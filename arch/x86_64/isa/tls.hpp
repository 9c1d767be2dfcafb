/// Thread-local storage, x86_64 (psABI "TLS variant II"): %fs:0 is the first byte above a task's copy.
///
///   top ->             +-----------------------------+
///                      | room lost to alignment      |
///                      | the thread pointer itself   |  which generated code reads to take an address
///   thread pointer ->  +-----------------------------+  aligned as the strictest object
///                      | .tbss, zeroes               |
///                      | .tdata, the initial values  |
///   bottom ->          +-----------------------------+
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
    if (size() == 0) return {top, nullptr};
    const auto pointer = (reinterpret_cast<std::uintptr_t>(top) - sizeof(void*)) & -alignment();
    *reinterpret_cast<std::uintptr_t*>(pointer) = pointer;
    auto* const block = reinterpret_cast<std::byte*>(pointer - size());
    const std::size_t given = static_cast<std::size_t>(__tdata_end - __tdata_start);
    std::memcpy(block, __tdata_start, given);
    std::memset(block + given, 0, size() - given);
    return {block, reinterpret_cast<void*>(pointer)};
  }

 private:
  // Absolute symbols that may be 0: compilers think that no object has this address.
  [[gnu::always_inline]] static inline std::size_t size() noexcept {
    std::size_t value;
    asm("movl $__tls_bytes, %k0" : "=r"(value));
    return value;
  }

  [[gnu::always_inline]] static inline std::size_t alignment() noexcept {
    std::size_t value;
    asm("movl $__tls_align, %k0" : "=r"(value));
    return value;
  }
};

}  // namespace bobbin::isa
