/// Thread-local storage: one copy of the image's `thread_local` objects at the top of each task's stack.
///
/// The linker script delimits the initial values (`__tdata_start`, `__tdata_end`) and sizes the whole
/// (`__tls_bytes`, `__tls_align`, as absolute symbols). Where the copy lies relative to the thread pointer is the psABI's choice:
/// above it on riscv64 (variant I), below it on x86_64 (variant II, with the pointer's own value at %fs:0).
#pragma once

#include <concepts>
#include <cstddef>

namespace bobbin::arch {

struct tls_block {
  std::byte* bottom;     ///< lowest byte used, 16-byte aligned: what lies below is free
  void* thread_pointer;  ///< for cpu::set_thread_pointer
};

template <class Tls>
concept thread_local_storage = requires(std::byte* top) {
  /// Bytes that `place` takes at most from a 16-byte aligned `top`. Known at link time, hence a function.
  { Tls::bytes() } noexcept -> std::same_as<std::size_t>;
  /// Lays a fresh copy of every `thread_local` object below `top`.
  { Tls::place(top) } noexcept -> std::same_as<tls_block>;
};

}  // namespace bobbin::arch

#include <isa/tls.hpp>

namespace bobbin::arch {
using isa::tls;
static_assert(thread_local_storage<tls>);
}  // namespace bobbin::arch
