/// Valgrind takes a large step of the stack pointer for one within a stack, unless it is told of the other. A request to
/// it is a few instructions without effect where there is no valgrind [valgrind/valgrind.h, __SPECIAL_INSTRUCTION_PREAMBLE].
#pragma once

#include <arch/stack_watch.hpp>

#include <cstddef>
#include <cstdint>

namespace bobbin::isa {

struct stack_watch : arch::unwatched {
  static void prepared(std::byte* low, std::size_t bytes) noexcept {
    constexpr std::uintptr_t register_stack = 0x1501;
    const volatile std::uintptr_t request[6] = {register_stack, reinterpret_cast<std::uintptr_t>(low),
                                                reinterpret_cast<std::uintptr_t>(low + bytes - 1), 0, 0, 0};
    std::uintptr_t answer = 0;
    asm volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi; xchgq %%rbx, %%rbx"
                 : "+d"(answer)
                 : "a"(request)
                 : "cc", "memory");
  }

  /// What lies on the stack in use below `top` is void: a fault has ended there.
  static void unwound(std::byte*) noexcept {}
};

}  // namespace bobbin::isa
