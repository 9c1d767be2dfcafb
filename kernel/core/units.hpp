/// Sizes of memory as people write them: 64_KiB, 4_MiB, 1_GiB.
#pragma once

#include <cstddef>

namespace bobbin {
inline namespace literals {

consteval std::size_t operator""_KiB(unsigned long long count) { return count << 10; }
consteval std::size_t operator""_MiB(unsigned long long count) { return count << 20; }
consteval std::size_t operator""_GiB(unsigned long long count) { return count << 30; }

}  // namespace literals
}  // namespace bobbin
