/// Exceptions that a program can raise, by the names that the tests know. Returns if there is none of that name.
#pragma once

#include <arch/image.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace exceptions {

/// As the processor raises it, for those that push no error code.
template <std::size_t Vector>
void raise_vector() {
  asm volatile("int %0" : : "i"(Vector));
}

template <std::size_t... Vector>
constexpr std::array<void (*)(), sizeof...(Vector)> raisers(std::index_sequence<Vector...>) {
  return {raise_vector<Vector>...};
}

constexpr auto vectors = raisers(std::make_index_sequence<32>());

inline void take_root_x87() {
  const std::uint16_t without_mask = 0x037f & ~1;
  asm volatile("fldcw %0\n\tfld1\n\tfchs\n\tfsqrt\n\tfwait" : : "m"(without_mask));
}

inline void take_root_sse() {
  const std::uint32_t without_mask = 0x1f80 & ~(1 << 7);
  const double negative = -1;
  asm volatile("ldmxcsr %0\n\tsqrtsd %1, %%xmm0" : : "m"(without_mask), "m"(negative) : "xmm0");
}

}  // namespace exceptions

inline void raise_exception(std::string_view name) {
  constexpr std::string_view prefix = "vector-";
  if (name.starts_with(prefix)) {
    unsigned vector = 0;
    for (const char digit : name.substr(prefix.size())) vector = vector * 10 + static_cast<unsigned>(digit - '0');
    exceptions::vectors[vector]();
  }
  if (name == "illegal") asm volatile("ud2");
  if (name == "breakpoint") asm volatile("int3");
  if (name == "misaligned") asm volatile("movaps 1(%0), %%xmm0" : : "r"(__image_start) : "memory");
  if (name == "misaligned-store") asm volatile("movntdq %%xmm0, 1(%%rsp)" : : : "memory");
  if (name == "segment") asm volatile("movw %w0, %%es" : : "r"(0x7f8));
  if (name == "missing-vector") asm volatile("int $200");
  if (name == "forbidden") asm volatile("mwait" : : "c"(7), "a"(0));
  if (name == "privileged") asm volatile("hlt");
  if (name == "x87-invalid") exceptions::take_root_x87();
  if (name == "sse-invalid") exceptions::take_root_sse();  // QEMU does not raise it
  if (name == "push-nowhere") asm volatile("movq %%rsp, %%rbx; movq %0, %%rsp; pushq $0" : : "r"(0x8000'0000'0000ul) : "rbx");
}
