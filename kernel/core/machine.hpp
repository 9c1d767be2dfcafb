/// What the firmware told about the machine at boot. Filled once, read-only afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bobbin {

struct machine {
  std::string_view isa;         ///< "riscv64", "x86_64", "hosted"
  std::uintptr_t ram_base = 0;  ///< the RAM region the image runs in
  std::size_t ram_bytes = 0;    ///< all RAM of that region
  unsigned harts = 1;           ///< hardware threads present; one of them runs the kernel
  unsigned boot_hart = 0;
  std::uintptr_t uart = 0;      ///< base address or I/O port of the 16550
  unsigned uart_line = 0;       ///< its interrupt's number at the interrupt controller
  std::uintptr_t interrupt_controller = 0;  ///< base address of the PLIC, of the I/O APIC
  std::uint64_t ticks_per_second = 0;  ///< of arch::clock
  std::string_view arguments;   ///< boot arguments or command line, as the firmware keeps them
};

}  // namespace bobbin
