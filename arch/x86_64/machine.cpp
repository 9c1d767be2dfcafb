/// QEMU's machines "pc" and "q35": see arch/include/arch/machine.hpp for the contract.
#include "pvh.hpp"

#include <arch/cpu.hpp>
#include <arch/early_panic.hpp>
#include <arch/image.hpp>
#include <arch/io.hpp>
#include <arch/machine.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

extern "C" std::uint64_t lowest_pages[];  // boot/x86_64/start.S

namespace bobbin {
namespace {

constexpr std::uintptr_t com1 = 0x3f8;
constexpr std::size_t page_bytes = 4096;

/// Takes over what the start info tells. QEMU has it all within the first 12 KiB.
void note(machine& found, const pvh::start_info& info) noexcept {
  const auto image = reinterpret_cast<std::uintptr_t>(__image_start);
  const auto* map = reinterpret_cast<const pvh::memory_region*>(info.memory_map);
  for (const auto& [base, bytes, type, reserved] : std::span{map, info.version < 1 ? 0 : info.memory_regions})
    if (type == pvh::memory_region::ram && image - base < bytes) found.ram_base = base, found.ram_bytes = bytes;
  if (info.command_line != 0) found.arguments = reinterpret_cast<const char*>(info.command_line);
}

machine described_by(std::uintptr_t description) noexcept {
  machine found{.isa = "x86_64",
                .ram_base = 0x10'0000,
                .ram_bytes = 127 << 20,
                .harts = 1,
                .boot_hart = 0,
                .uart = com1,
                .arguments = {}};
  const auto* info = reinterpret_cast<const pvh::start_info*>(description);
  if (info != nullptr && info->magic == pvh::start_info::expected_magic) note(found, *info);
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

/// From here on a null pointer faults.
void unmap_page_zero() noexcept {
  lowest_pages[0] = 0;
  asm volatile("invlpg 0" : : : "memory");
}

}  // namespace

machine arch::discover(boot_arguments boot) noexcept {
  machine found = described_by(boot.description);
  found.harts = count_processors();
  const auto arguments = reinterpret_cast<std::uintptr_t>(found.arguments.data());
  if (found.arguments.empty() || arguments >= page_bytes) unmap_page_zero();
  return found;
}

/// Called by boot/x86_64/start.S while only the file's part of the image may be touched: QEMU loads what it can and
/// starts the kernel without asking whether RAM reaches the end of .bss.
extern "C" void check_memory(std::uintptr_t description) noexcept {
  const machine found = described_by(description);
  arch::expect_image_below(found.ram_base + found.ram_bytes, 0);  // counting from 0, as -m does
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
