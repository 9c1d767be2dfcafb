/// What QEMU hands to the kernel: the start info of the PVH boot protocol
/// [Xen, xen/include/public/arch-x86/hvm/start_info.h].
#pragma once

#include <cstddef>
#include <cstdint>

namespace bobbin::pvh {

struct memory_region {
  std::uint64_t base;
  std::uint64_t bytes;
  std::uint32_t type;
  std::uint32_t reserved;

  static constexpr std::uint32_t ram = 1;
};
static_assert(sizeof(memory_region) == 24);

struct start_info {
  std::uint32_t magic;
  std::uint32_t version;  ///< the memory map exists from 1 on
  std::uint32_t flags;
  std::uint32_t modules;
  std::uint64_t module_list;
  std::uint64_t command_line;
  std::uint64_t acpi_root;
  std::uint64_t memory_map;
  std::uint32_t memory_regions;
  std::uint32_t reserved;

  static constexpr std::uint32_t expected_magic = 0x336ec578;
};
static_assert(offsetof(start_info, memory_map) == 40);
static_assert(sizeof(start_info) == 56);

}  // namespace bobbin::pvh
