/// Valgrind is told of every stack, or it would take a switch for one large frame; and that what lies below the stack
/// pointer of who used one before is another's now. A request to it is a few instructions without effect where there is
/// no valgrind [valgrind/valgrind.h, __SPECIAL_INSTRUCTION_PREAMBLE; valgrind/memcheck.h].
#pragma once

#include <arch/stack_watch.hpp>

#include <cstddef>
#include <cstdint>

namespace bobbin::isa {

struct stack_watch : arch::unwatched {
  static void prepared(std::byte* low, std::size_t bytes) noexcept {
    constexpr std::uintptr_t register_stack = 0x1501;
    request(register_stack, low, reinterpret_cast<std::uintptr_t>(low + bytes - 1));
  }

  static void occupied(std::byte* low, std::size_t bytes) noexcept {
    constexpr std::uintptr_t make_memory_defined = 0x4d43'0002;
    request(make_memory_defined, low, bytes);
  }

  static void unwound(std::byte*) noexcept {}

 private:
  static void request(std::uintptr_t what, const std::byte* low, std::uintptr_t detail) noexcept {
    const volatile std::uintptr_t words[6] = {what, reinterpret_cast<std::uintptr_t>(low), detail, 0, 0, 0};
    std::uintptr_t answer = 0;
    asm volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi; xchgq %%rbx, %%rbx"
                 : "+d"(answer)
                 : "a"(words)
                 : "cc", "memory");
  }
};

}  // namespace bobbin::isa
