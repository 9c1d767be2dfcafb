/// What an instruction accesses in memory: of a protection fault the processor does not tell the address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace bobbin::isa {

/// Whether `address` is one at all: bits 47 to 63 are equal [Intel SDM 1, 3.3.7.1].
constexpr bool is_canonical(std::uintptr_t address) noexcept {
  const auto upper = static_cast<std::intptr_t>(address) >> 47;
  return upper == 0 || upper == -1;
}

/// rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 ... r15: as instructions number them.
using numbered_registers = std::array<std::uintptr_t, 16>;

enum class memory_access : std::uint8_t { read, write, jump };

struct memory_operand {
  std::uintptr_t address;
  memory_access access;
  bool sse = false;  ///< of an instruction that mostly wants 16-byte alignment
};

/// The memory operand of the instruction at `code`; nothing if it has none, or none that is looked for here: segments,
/// addresses of 32 bits, and instructions that the kernel does not enable.
std::optional<memory_operand> memory_operand_of(const std::uint8_t* code, const numbered_registers&) noexcept;

}  // namespace bobbin::isa
