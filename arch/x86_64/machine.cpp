/// QEMU's pc and q35.
#include "pvh.hpp"

#include <arch/early_panic.hpp>
#include <arch/image.hpp>
#include <arch/io.hpp>
#include <arch/machine.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bobbin::arch {
namespace {

constexpr std::uintptr_t com1 = 0x3f8;
constexpr std::size_t MiB = 1 << 20;

/// The region that the image is loaded into. 128 MiB is what QEMU gives a machine that nobody asked more of.
struct ram_region {
  std::uintptr_t base = 1 * MiB;
  std::size_t bytes = 127 * MiB;
};

std::uintptr_t address_of(const std::byte* symbol) noexcept { return reinterpret_cast<std::uintptr_t>(symbol); }

/// The start info, if that is what `description` points to.
const pvh::start_info* start_info_at(std::uintptr_t description) noexcept {
  const auto* info = reinterpret_cast<const pvh::start_info*>(description);
  return info != nullptr && info->magic == pvh::start_info::expected_magic ? info : nullptr;
}

ram_region find_ram(const pvh::start_info* info) noexcept {
  if (info == nullptr || info->version < 1) return {};
  const auto* map = reinterpret_cast<const pvh::memory_region*>(info->memory_map);
  for (const auto& region : std::span{map, info->memory_regions})
    if (region.type == pvh::memory_region::ram && address_of(__image_start) - region.base < region.bytes)
      return {region.base, region.bytes};
  return {};
}

std::string_view command_line(const pvh::start_info* info) noexcept {
  if (info == nullptr || info->command_line == 0) return {};
  return reinterpret_cast<const char*>(info->command_line);
}

}  // namespace

machine discover(boot_arguments boot) noexcept {
  const auto* info = start_info_at(boot.description);
  const auto ram = find_ram(info);
  return {
      .isa = "x86_64",
      .ram_base = ram.base,
      .ram_bytes = ram.bytes,
      .uart = com1,
      .arguments = command_line(info),
  };
}

/// Called by start.S on the boot stack, before anything is used that lies higher: ends the run if the image does not
/// fit into the machine.
extern "C" void check_memory(std::uintptr_t description) noexcept {
  const auto ram = find_ram(start_info_at(description));
  const std::size_t end = ram.base + ram.bytes;
  if (address_of(__image_end) <= end) return;
  early_panic("the image needs {} MiB, this machine has {} MiB", (address_of(__image_end) + MiB - 1) / MiB, end / MiB);
}

void power_off(int status) noexcept {
  constexpr isa::port debug_exit = 0xf4;  // QEMU's isa-debug-exit: QEMU exits with 2 * value + 1
  constexpr isa::port acpi_control = 0x604;
  isa::out_byte(debug_exit, status == 0 ? 0x10 : 0x40 | (status & 0x3f));
  isa::out_word(acpi_control, 0x2000);
  for (;;) asm volatile("cli; hlt");
}

void early_write(char character) noexcept {
  constexpr unsigned data = 0, divisor_low = 0, divisor_high = 1, line_control = 3, line_status = 5;
  constexpr std::uint8_t eight_bits_no_parity = 0x03, divisor_access = 0x80, may_write = 0x20;
  const device_registers uart{com1};
  if (uart.read(line_control) != eight_bits_no_parity) {
    uart.write(line_control, divisor_access);
    uart.write(divisor_low, 1);  // 115200 baud
    uart.write(divisor_high, 0);
    uart.write(line_control, eight_bits_no_parity);
  }
  while (!(uart.read(line_status) & may_write)) {}
  uart.write(data, static_cast<std::uint8_t>(character));
}

}  // namespace bobbin::arch
