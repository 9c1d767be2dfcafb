/// A process of Linux: see arch/include/arch/machine.hpp for the contract.
#include "system.hpp"
#include "uart.hpp"
#include "virtio_console.hpp"

#include <arch/cpu.hpp>
#include <arch/early_panic.hpp>
#include <arch/machine.hpp>
#include <core/arguments.hpp>

#include <elf.h>
#include <errno.h>
#include <poll.h>
#include <sys/sysinfo.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bobbin {
namespace {

/// The words of the command line, one blank between them, as a bootloader would hand it over.
constinit char command_line[argument_list::max_bytes];

/// At the initial stack pointer: their count, then where they are [x86_64 psABI, figure 3.9].
std::span<const char* const> words_at(std::uintptr_t stack) noexcept {
  const auto* const count = reinterpret_cast<const std::size_t*>(stack);
  return {reinterpret_cast<const char* const*>(count + 1), *count};
}

/// Behind the arguments and their end, up to an end of its own: "" for what is not there.
std::string_view environment_value(std::span<const char* const> words, std::string_view name) noexcept {
  for (const char* const* entry = words.data() + words.size() + 1; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    if (text.starts_with(name) && text.substr(name.size()).starts_with('=')) return text.substr(name.size() + 1);
  }
  return {};
}

struct auxiliary {
  std::uint64_t type, value;
};

/// Behind the arguments, the environment and their two ends: what the processor and Linux can do.
std::uint64_t auxiliary_value(std::span<const char* const> words, std::uint64_t type) noexcept {
  const char* const* end = words.data() + words.size() + 1;
  while (*end != nullptr) ++end;
  const auto* entry = reinterpret_cast<const auxiliary*>(end + 1);
  while (entry->type != type && entry->type != AT_NULL) ++entry;
  return entry->value;
}

/// A switch sets the thread pointer with one instruction of the processor, which Linux has to let processes use.
void expect_fsgsbase(std::span<const char* const> words) noexcept {
  constexpr std::uint64_t fsgsbase = 1 << 1;
  if (!(auxiliary_value(words, AT_HWCAP2) & fsgsbase))
    arch::early_panic("processes have no FSGSBASE here: that takes Linux 5.9 and a processor from 2012");
}

std::string_view join(std::span<const char* const> words) noexcept {
  std::size_t length = 0;
  const auto put = [&](char c) {
    if (length < sizeof command_line) command_line[length++] = c;
  };
  for (const char* const word : words) {
    if (length > 0) put(' ');
    for (const char c : std::string_view{word}) put(c);
  }
  return {command_line, length};
}

std::size_t ram_bytes() noexcept {
  struct sysinfo found{};
  isa::system_call(SYS_sysinfo, &found);
  return found.totalram * found.mem_unit;
}

}  // namespace

machine arch::discover(boot_arguments boot) noexcept {
  const auto words = words_at(boot.description);
  if (cpu::needs_fsgsbase) expect_fsgsbase(words);
  isa::console_ports.plug_in(environment_value(words, "BOBBIN_PORTS"));
  return {.isa = "hosted",
          .ram_bytes = ram_bytes(),
          .uart_line = isa::uart::line,
          .ticks_per_second = 1'000'000'000,
          .arguments = join(words)};
}

/// What instruments the image has its say: an ordinary one has nothing there.
extern "C" void (*const __at_power_off_start[])() noexcept;
extern "C" void (*const __at_power_off_end[])() noexcept;

void arch::power_off(int status) noexcept {
  for (auto* last_words = __at_power_off_start; last_words != __at_power_off_end; ++last_words) (*last_words)();
  for (;;) isa::system_call(SYS_exit_group, status);
}

/// Waits for whoever reads if need be, however that was arranged.
void arch::early_write(char c) noexcept {
  long written;
  while ((written = isa::system_call(SYS_write, isa::standard_output, &c, 1)) == -EAGAIN || written == -EINTR) {
    pollfd output{.fd = isa::standard_output, .events = POLLOUT, .revents = 0};
    isa::system_call(SYS_poll, &output, 1, -1);
  }
}

}  // namespace bobbin
