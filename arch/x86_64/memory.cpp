/// Four levels of tables with 512 entries each, for 512 GiB, 1 GiB, 2 MiB and 4 KiB an entry; a leaf may be at any but
/// the first. Addresses stay what they are. Source: Intel SDM 3A, section 4.5.
///
///   0 ..  4 KiB             nothing: null pointers fault
///   .. 1 MiB                low RAM, video memory, firmware                        RW
///   the image               by pages: code RX, constants R, the rest               RW, guards nothing
///   RAM above the image     by 2 MiB                                               RW
///   the APICs, PCI devices  2 MiB each                                             RW, uncached
///   RAM above 4 GiB         by 1 GiB; nothing if the processor has no such pages   RW
///
/// The tables of one level lie one behind another in memory, so each level is an array by address.
#include "device_memory.hpp"
#include "operand.hpp"

#include <arch/image.hpp>
#include <arch/memory.hpp>
#include <core/algorithm.hpp>

#include <cstdint>

namespace bobbin {

namespace isa {
extern constinit std::uintptr_t high_ram_end;  // machine.cpp
}

namespace {

using entry = std::uint64_t;

constexpr std::uintptr_t page = std::uintptr_t{1} << 12;
constexpr std::uintptr_t megapage = std::uintptr_t{1} << 21;
constexpr std::uintptr_t gigapage = std::uintptr_t{1} << 30;
constexpr std::size_t table_entries = 512;

enum entry_bits : entry {
  present = 1 << 0,
  writable = 1 << 1,
  uncached = 1 << 3 | 1 << 4,  // write-through, cache disabled
  large = 1 << 7,              // a leaf of 2 MiB or 1 GiB
  no_execute = entry{1} << 63,
  data = present | writable | no_execute,
  constant = present | no_execute,
  code = present,
  table = present | writable,  // the leaf decides
};

struct upper_tables {
  entry root[table_entries];
  entry gigapages[table_entries];
  entry megapages[4 * table_entries];  ///< of the first 4 GiB
};

upper_tables& tables() noexcept { return *reinterpret_cast<upper_tables*>(__page_tables_start); }

/// The lowest tables: from address 0 to the end of the image.
entry* pages() noexcept { return reinterpret_cast<entry*>(arch::boundary(__page_tables_start) + sizeof(upper_tables)); }

std::uintptr_t address(const void* of) noexcept { return reinterpret_cast<std::uintptr_t>(of); }

constexpr std::uintptr_t round_up(std::uintptr_t address, std::uintptr_t to) noexcept {
  return (address + to - 1) / to * to;
}

entry bits_of_page(std::uintptr_t at) noexcept {
  if (at < address(__image_start) || at >= address(__data_start)) return data;
  return at < address(__rodata_start) ? code : constant;
}

struct cpuid_leaf {
  std::uint32_t eax, ebx, ecx, edx;
};

cpuid_leaf cpuid(std::uint32_t leaf) noexcept {
  cpuid_leaf found;
  asm("cpuid" : "=a"(found.eax), "=b"(found.ebx), "=c"(found.ecx), "=d"(found.edx) : "a"(leaf), "c"(0));
  return found;
}

/// What boot/x86_64/start.S asked for is there already: write protection, no-execute.
void forbid_execution_of_user_pages() noexcept {
  constexpr std::uint32_t has_smep = 1 << 7;
  constexpr std::uintptr_t smep = 1 << 20;
  if (!(cpuid(7).ebx & has_smep)) return;
  std::uintptr_t cr4;
  asm volatile("movq %%cr4, %0" : "=r"(cr4));
  asm volatile("movq %0, %%cr4" : : "r"(cr4 | smep) : "memory");
}

bool has_gigapages() noexcept { return cpuid(0x8000'0001).edx & 1 << 26; }

}  // namespace

void arch::protect_memory(const machine& found) noexcept {
  auto& [root, gigapages, megapages] = tables();
  const std::uintptr_t ram_end = std::min(found.ram_base + found.ram_bytes, 4 * gigapage);
  const std::uintptr_t pages_end = round_up(address(__image_end), megapage);

  root[0] = address(gigapages) | table;
  for (std::size_t i = 0; i < 4; ++i) gigapages[i] = address(&megapages[i * table_entries]) | table;
  for (std::uintptr_t at = 0; at < pages_end; at += megapage)
    megapages[at / megapage] = address(&pages()[at / page]) | table;
  for (std::uintptr_t at = page; at < std::min(pages_end, ram_end); at += page)
    pages()[at / page] = at | bits_of_page(at);

  for (std::uintptr_t at = pages_end; at < ram_end; at += megapage) megapages[at / megapage] = at | data | large;
  for (const std::uintptr_t apic : {found.interrupt_controller, std::uintptr_t{0xfee0'0000}}) isa::map_device(apic);
  if (has_gigapages())
    for (std::uintptr_t at = 4 * gigapage; at < isa::high_ram_end; at += gigapage)
      gigapages[at / gigapage] = at | data | large;

  asm volatile("movq %0, %%cr3" : : "r"(address(root)) : "memory");
  forbid_execution_of_user_pages();
  for (std::byte* const stack : {__boot_stack_low, __trap_stack_low, __fault_stack_low})
    unmap_page(boundary(stack) - page);
}

/// Nothing else is mapped there: an entry that is not present is not cached.
bool isa::map_device(std::uintptr_t at) noexcept {
  if (at >= 4 * gigapage) return false;
  tables().megapages[at / megapage] = at / megapage * megapage | data | large | uncached;
  return true;
}

void arch::unmap_page(std::byte* lost) noexcept {
  entry& mapping = pages()[address(lost) / page];
  if (mapping == 0) return;
  mapping = 0;
  asm volatile("invlpg (%0)" : : "r"(lost) : "memory");
}

const char* arch::memory_at(std::uintptr_t at) noexcept {
  if (!isa::is_canonical(at)) return "not a canonical address";
  return isa::is_mapped(at) ? "memory that the program does not have" : "beyond the RAM";
}

/// Only of addresses below 4 GiB. Before protect_memory, of none.
bool isa::is_mapped(std::uintptr_t at) noexcept {
  if (at >= 4 * gigapage) return false;
  const entry mapping = tables().megapages[at / megapage];
  return mapping & large || (mapping != 0 && pages()[at / page] != 0);
}

}  // namespace bobbin
