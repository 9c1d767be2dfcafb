/// Sv39: three levels of tables with 512 entries each, for 1 GiB, 2 MiB and 4 KiB an entry; a leaf may be at any level.
/// Addresses stay what they are. Source: RISC-V Privileged Architectures 1.12, sections 4.3 and 4.4.
///
///   0 ..  4 KiB          nothing: null pointers fault
///   .. 1 GiB             devices                                    RW
///   RAM below the image  the firmware's                             nothing
///   the image            by pages: code RX, constants R, the rest   RW, guards nothing
///   RAM above the image  by 2 MiB and 1 GiB                         RW
#include <arch/image.hpp>
#include <arch/memory.hpp>

#include <cstdint>

namespace bobbin {
namespace {

constexpr std::uintptr_t page = std::uintptr_t{1} << 12;
constexpr std::uintptr_t megapage = std::uintptr_t{1} << 21;
constexpr std::uintptr_t gigapage = std::uintptr_t{1} << 30;

enum entry_bits : std::uint64_t {
  valid = 1 << 0,
  readable = 1 << 1,
  writable = 1 << 2,
  executable = 1 << 3,
  accessed = 1 << 6,
  dirty = 1 << 7,  // both set beforehand: hardware may fault instead of setting them
  data = valid | readable | writable | accessed | dirty,
  constant = valid | readable | accessed,
  code = valid | readable | executable | accessed,
};

using table = std::uint64_t[512];

std::uintptr_t address(const std::byte* symbol) noexcept { return reinterpret_cast<std::uintptr_t>(symbol); }

table& root() noexcept { return *reinterpret_cast<table*>(__page_tables_start); }

constexpr std::uint64_t leaf(std::uintptr_t address, std::uint64_t bits) noexcept { return address >> 12 << 10 | bits; }

constexpr unsigned index(std::uintptr_t address, std::uintptr_t entry_bytes) noexcept {
  return address / entry_bytes % 512;
}

table& table_of(std::uint64_t entry) noexcept { return *reinterpret_cast<table*>(entry >> 10 << 12); }

/// The tables are handed out one after another: .bss, so they are empty.
class builder {
 public:
  /// The table that `entry` refers to, made if there is none.
  table& below(std::uint64_t& entry) noexcept {
    if (entry == 0) {
      entry = leaf(next_, valid);
      next_ += sizeof(table);
    }
    return table_of(entry);
  }

  table& megapages(std::uintptr_t at) noexcept { return below(root()[index(at, gigapage)]); }
  table& pages(std::uintptr_t at) noexcept { return below(megapages(at)[index(at, megapage)]); }

 private:
  std::uintptr_t next_ = address(__page_tables_start) + sizeof(table);
};

constinit std::uintptr_t ram_begin = 0, ram_end = 0;

std::uint64_t bits_of_image_page(std::uintptr_t at) noexcept {
  if (at < address(__rodata_start)) return code;
  if (at < address(__data_start)) return constant;
  return data;
}

}  // namespace

void arch::protect_memory(const machine& found) noexcept {
  builder tables;
  for (std::uintptr_t at = page; at < megapage; at += page) tables.pages(at)[index(at, page)] = leaf(at, data);
  for (std::uintptr_t at = megapage; at < gigapage; at += megapage)
    tables.megapages(at)[index(at, megapage)] = leaf(at, data);

  const std::uintptr_t image = address(__image_start), image_end = address(__image_end);
  for (std::uintptr_t at = image; at < image_end; at += page)
    tables.pages(at)[index(at, page)] = leaf(at, bits_of_image_page(at));

  ram_begin = found.ram_base;
  ram_end = found.ram_base + found.ram_bytes;
  std::uintptr_t at = image_end;
  for (; at % megapage != 0 && at < ram_end; at += page) tables.pages(at)[index(at, page)] = leaf(at, data);
  for (; at % gigapage != 0 && at < ram_end; at += megapage)
    tables.megapages(at)[index(at, megapage)] = leaf(at, data);
  for (; at < ram_end; at += gigapage) root()[index(at, gigapage)] = leaf(at, data);

  constexpr std::uint64_t sv39 = std::uint64_t{8} << 60;
  asm volatile("csrw satp, %0\n\tsfence.vma" : : "r"(sv39 | address(__page_tables_start) >> 12) : "memory");
  unmap_page(boundary(__boot_stack_low) - page);
  unmap_page(boundary(__trap_stack_low) - page);
  unmap_page(boundary(__fault_stack_low) - page);
}

const char* arch::memory_at(std::uintptr_t at) noexcept {
  const auto upper = static_cast<std::intptr_t>(at) >> 38;
  if (upper != 0 && upper != -1) return "not a canonical address";
  if (at < gigapage) return "no device there";
  if (at >= ram_begin && at < address(__image_start)) return "the firmware's memory";
  if (at >= ram_begin && at < ram_end) return "memory that the program does not have";
  return at >= ram_end ? "beyond the RAM" : "no memory there";
}

bool isa::is_mapped(std::uintptr_t at) noexcept {
  if (at < address(__image_start) || at >= ram_end) return false;
  std::uint64_t entry = root()[index(at, gigapage)];
  for (const std::uintptr_t entry_bytes : {megapage, page}) {
    if (entry == 0 || entry & readable) break;
    entry = table_of(entry)[index(at, entry_bytes)];
  }
  return entry & readable;
}

void arch::unmap_page(std::byte* lost) noexcept {
  const std::uintptr_t at = address(lost);
  std::uint64_t& entry = table_of(table_of(root()[index(at, gigapage)])[index(at, megapage)])[index(at, page)];
  if (entry == 0) return;
  entry = 0;
  asm volatile("sfence.vma %0" : : "r"(at) : "memory");
}

}  // namespace bobbin
