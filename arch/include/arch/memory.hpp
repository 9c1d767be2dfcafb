/// Who may do what with which memory. Implemented by arch/<isa>/memory.cpp, which describes its page tables.
#pragma once

#include <core/machine.hpp>

#include <cstddef>
#include <cstdint>

namespace bobbin::arch {

/// Turns protection on: code can be executed and read, constants read, everything else read and written; page 0 and the
/// pages below the boot, trap and fault stacks are not there at all. Addresses stay what they are.
void protect_memory(const machine&) noexcept;

/// Takes the page at `page`, within the image's stacks, away: every access to it faults from now on.
/// Cost: a dozen instructions if it is away already.
void unmap_page(std::byte* page) noexcept;

/// What lies at `address`, which is not the program's, in words.
const char* memory_at(std::uintptr_t address) noexcept;

}  // namespace bobbin::arch

namespace bobbin::isa {

/// Whether the word at `address` can be read without a fault: it is RAM, and not a guard.
bool is_mapped(std::uintptr_t address) noexcept;

}  // namespace bobbin::isa

namespace bobbin::arch {
using isa::is_mapped;
}  // namespace bobbin::arch
