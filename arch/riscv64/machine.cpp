/// QEMU's machine "virt", and what resembles it: see arch/include/arch/machine.hpp for the contract.
#include "device_tree.hpp"
#include "plic.hpp"

#include <arch/clock.hpp>
#include <arch/early_panic.hpp>
#include <arch/image.hpp>
#include <arch/interrupts.hpp>
#include <arch/machine.hpp>

namespace bobbin {

extern "C" [[noreturn]] void leave_machine(int status) noexcept;  // trap.S

namespace isa {
constinit plic interrupt_controller;
constinit const void* device_tree_blob = nullptr;  ///< for virtio.cpp
}

namespace {

/// Takes over what one node of the device tree tells.
void note(machine& found, const isa::device_tree::node& node) noexcept {
  const auto image = reinterpret_cast<std::uintptr_t>(__image_start);
  const std::string_view type = node.property("device_type").text();
  if (type == "cpu") {
    ++found.harts;
  } else if (type == "memory") {
    for (std::size_t i = 0; i < node.regions(); ++i) {
      const auto [base, bytes] = node.region_at(i);
      if (image - base < bytes) found.ram_base = base, found.ram_bytes = bytes;
    }
  } else if (node.depth() == 1 && node.name() == "chosen") {
    found.arguments = node.property("bootargs").text();
  } else if (node.name() == "cpus") {
    if (const auto frequency = node.property("timebase-frequency"); frequency.cells() == 1)
      found.ticks_per_second = frequency.number(0, 1);
  } else if (node.regions() != 0 && node.property("compatible").lists("ns16550a")) {
    found.uart = node.region_at(0).base;
    if (const auto line = node.property("interrupts"); line.cells() > 0) found.uart_line = line.number(0, 1);
  } else if (node.regions() != 0 && node.property("compatible").lists("riscv,plic0")) {
    found.interrupt_controller = node.region_at(0).base;
  }
}

machine described_by(std::uintptr_t description, unsigned hart) noexcept {
  machine found{.isa = "riscv64",
                .ram_base = 0x8000'0000,
                .ram_bytes = 128 << 20,
                .harts = 0,
                .boot_hart = hart,
                .uart = 0x1000'0000,
                .uart_line = 10,
                .interrupt_controller = 0x0c00'0000,
                .ticks_per_second = 10'000'000,
                .arguments = {}};
  const isa::device_tree tree{reinterpret_cast<const void*>(description)};
  tree.each_node([&](const auto& node) { note(found, node); });
  if (found.harts == 0) found.harts = 1;
  return found;
}

}  // namespace

machine arch::discover(boot_arguments boot) noexcept {
  isa::device_tree_blob = reinterpret_cast<const void*>(boot.description);
  return described_by(boot.description, static_cast<unsigned>(boot.hart));
}

/// Called by boot/riscv64/start.S while only what the file holds may be touched: nobody else asks whether .bss fits.
/// QEMU puts the device tree near the end of RAM, or of its first 1 GiB: an image that ends below it fits.
extern "C" void check_memory(std::uintptr_t description) noexcept {
  if (reinterpret_cast<std::uintptr_t>(__image_end) <= description) return;
  const machine found = described_by(description, 0);
  arch::expect_image_below(found.ram_base + found.ram_bytes, found.ram_base);
  if (description > found.ram_base) arch::expect_image_below(description, found.ram_base, " below its device tree");
}

void arch::start_interrupts(const machine& found) noexcept {
  constexpr std::uintptr_t timer = 1 << 5, external = 1 << 9;
  isa::clock::set_frequency(found.ticks_per_second);
  isa::clock::cancel_alarm();
  isa::interrupt_controller = {found.interrupt_controller, 2 * found.boot_hart + 1};  // QEMU virt: M, then S, a hart
  asm volatile("csrs sie, %0" : : "r"(timer | external));
  interrupts::unmask();
}

void arch::enable_device_interrupt(unsigned line) noexcept { isa::interrupt_controller.enable(line); }

void arch::power_off(int status) noexcept { leave_machine(status & 0xff); }

/// The console of SBI 0.1, which every OpenSBI has.
void arch::early_write(char c) noexcept {
  constexpr std::uintptr_t console_putchar = 1;
  register std::uintptr_t a0 asm("a0") = static_cast<unsigned char>(c);
  register std::uintptr_t a7 asm("a7") = console_putchar;
  asm volatile("ecall" : "+r"(a0) : "r"(a7) : "a1", "memory");
}

}  // namespace bobbin
