/// QEMU's machines "pc" and "q35": see arch/include/arch/machine.hpp for the contract.
#include "apic.hpp"
#include "pvh.hpp"

#include <arch/clock.hpp>
#include <arch/cpu.hpp>
#include <arch/early_panic.hpp>
#include <arch/image.hpp>
#include <arch/interrupts.hpp>
#include <arch/io.hpp>
#include <arch/machine.hpp>
#include <core/algorithm.hpp>
#include <core/arguments.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace bobbin {

namespace isa {
constinit io_apic interrupt_controller;
constinit std::uintptr_t high_ram_end = 0;  ///< of RAM above 4 GiB, 0 if there is none: for memory.cpp
}

namespace {

constexpr std::uintptr_t com1 = 0x3f8;

/// The command line, taken away from page 0 and its neighbours before they go.
constinit char command_line[argument_list::max_bytes];

const pvh::start_info* start_info_at(std::uintptr_t description) noexcept {
  const auto* info = reinterpret_cast<const pvh::start_info*>(description);
  return info != nullptr && info->magic == pvh::start_info::expected_magic ? info : nullptr;
}

std::span<const pvh::memory_region> memory_map(const pvh::start_info& info) noexcept {
  return {reinterpret_cast<const pvh::memory_region*>(info.memory_map), info.version < 1 ? 0 : info.memory_regions};
}

/// Takes over what the start info tells. QEMU has it all within the first 12 KiB.
void note(machine& found, const pvh::start_info& info) noexcept {
  const auto image = reinterpret_cast<std::uintptr_t>(__image_start);
  for (const auto& [base, bytes, type, reserved] : memory_map(info))
    if (type == pvh::memory_region::ram && image - base < bytes) found.ram_base = base, found.ram_bytes = bytes;
  if (info.command_line != 0) found.arguments = reinterpret_cast<const char*>(info.command_line);
}

void note_high_ram(const pvh::start_info& info) noexcept {
  constexpr std::uintptr_t gibibyte = 1 << 30;
  for (const auto& [base, bytes, type, reserved] : memory_map(info))
    if (type == pvh::memory_region::ram && base >= 4 * gibibyte)
      isa::high_ram_end = std::max<std::uintptr_t>(isa::high_ram_end, std::min(base + bytes, 512 * gibibyte));
}

machine described_by(std::uintptr_t description) noexcept {
  machine found{.isa = "x86_64",
                .ram_base = 0x10'0000,
                .ram_bytes = 127 << 20,
                .harts = 1,
                .boot_hart = 0,
                .uart = com1,
                .uart_line = 4,
                .interrupt_controller = 0xfec0'0000,
                .arguments = {}};
  if (const auto* info = start_info_at(description)) note(found, *info);
  return found;
}

/// As QEMU's configuration device has it [QEMU, docs/specs/fw_cfg.rst]; 1 without one.
unsigned count_processors() noexcept {
  constexpr isa::port selector = 0x510, data = 0x511;
  constexpr std::uint16_t signature = 0, processors = 5;
  isa::out_word(selector, signature);
  for (const char expected : {'Q', 'E', 'M', 'U'})
    if (isa::in_byte(data) != expected) return 1;
  isa::out_word(selector, processors);
  const unsigned low = isa::in_byte(data);
  return low | isa::in_byte(data) << 8;
}

}  // namespace

machine arch::discover(boot_arguments boot) noexcept {
  machine found = described_by(boot.description);
  found.harts = count_processors();
  isa::local_apic::enable();  // nothing comes in before start_interrupts, but its timer is there to be measured
  found.ticks_per_second = isa::clock::calibrate();
  if (const auto* info = start_info_at(boot.description)) note_high_ram(*info);
  const std::size_t length = std::min(found.arguments.size(), sizeof command_line);
  std::memcpy(command_line, found.arguments.data(), length);
  found.arguments = {command_line, length};
  return found;
}

/// Called by boot/x86_64/start.S while only the file's part of the image may be touched: QEMU loads what it can and
/// starts the kernel without asking whether RAM reaches the end of .bss.
extern "C" void check_memory(std::uintptr_t description) noexcept {
  const machine found = described_by(description);
  arch::expect_image_below(found.ram_base + found.ram_bytes, 0);  // counting from 0, as -m does
}

void arch::start_interrupts(const machine& found) noexcept {
  isa::silence_pics();
  isa::interrupt_controller = isa::io_apic{found.interrupt_controller};
  isa::interrupt_controller.mask_all();
  interrupts::unmask();
}

void arch::enable_device_interrupt(unsigned line) noexcept {
  isa::interrupt_controller.enable(line, isa::local_apic::id());
}

void arch::power_off(int status) noexcept {
  constexpr isa::port debug_exit = 0xf4;  // QEMU's isa-debug-exit: QEMU exits with 2 * value + 1
  constexpr isa::port acpi_control = 0x604;
  constexpr std::uint16_t sleep_enable_s5 = 0x2000;
  isa::out_byte(debug_exit, status == 0 ? 0x10 : 0x40 | (status & 0x3f));
  isa::out_word(acpi_control, sleep_enable_s5);
  for (;;) asm volatile("cli; hlt");
}

/// COM1, as it was left.
void arch::early_write(char c) noexcept {
  constexpr unsigned data = 0, line_status = 5;
  constexpr std::uint8_t room_to_send = 0x20;
  const arch::device_registers uart{com1};
  while (!(uart.read(line_status) & room_to_send)) arch::cpu::pause();
  uart.write(data, static_cast<std::uint8_t>(c));
}

}  // namespace bobbin
