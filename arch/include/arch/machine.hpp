/// The machine around the processor: what is in it, and how to leave it. Implemented by arch/<isa>/machine.cpp.
#pragma once

#include <core/machine.hpp>

#include <cstdint>

namespace bobbin::arch {

/// What the firmware left in registers for the first instructions of the kernel.
struct boot_arguments {
  std::uintptr_t hart;         ///< riscv64: a0, the boot hart's id; x86_64: 0
  std::uintptr_t description;  ///< riscv64: a1, the device tree; x86_64: ebx, the PVH start info;
                               ///< hosted: the stack pointer that Linux gave
};

/// Reads the machine's description. A field the firmware does not tell keeps the machine type's usual value.
machine discover(boot_arguments) noexcept;

/// Ends the run: nothing is printed, QEMU exits (or the process does) with a status that scripts/run maps back to `status` (0 to 255).
[[noreturn]] void power_off(int status) noexcept;

/// Writes one character before (or without) a console: SBI console, COM1 or standard output. Slow; needs no stack to speak of.
void early_write(char) noexcept;

}  // namespace bobbin::arch
