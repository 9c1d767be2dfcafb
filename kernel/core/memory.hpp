/// The functions that compilers call on their own account, freestanding or not, and their nearest relatives.
/// Semantics and names are those of <cstring>.
#pragma once

#include <cstddef>

extern "C" {

void* memcpy(void* to, const void* from, std::size_t bytes) noexcept;
void* memmove(void* to, const void* from, std::size_t bytes) noexcept;
void* memset(void* to, int value, std::size_t bytes) noexcept;
int memcmp(const void* left, const void* right, std::size_t bytes) noexcept;
std::size_t strlen(const char* text) noexcept;

}
