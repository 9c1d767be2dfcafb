/// Exceptions that a program can raise, by the names that the tests know. Returns if there is none of that name.
#pragma once

#include <string_view>

inline void raise_exception(std::string_view name) {
  if (name == "illegal") asm volatile("unimp");
  if (name == "breakpoint") asm volatile("ebreak");
  if (name == "misaligned") asm volatile("amoadd.w zero, zero, (%0)" : : "r"(0x8020'0001ul) : "memory");
}
