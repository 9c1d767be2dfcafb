/// Source: Intel SDM 2A, chapter 2 (the format of instructions), and appendix A (the opcode maps).
#include "operand.hpp"

#include <algorithm>
#include <cstring>

namespace bobbin::isa {
namespace {

enum register_number { rsp = 4, rbp = 5, rsi = 6, rdi = 7 };

/// How an instruction begins: prefixes and opcode.
struct beginning {
  bool operand_size = false;  ///< 66
  bool other_segment = false;
  bool short_address = false;
  std::uint8_t rex = 0;
  enum class map : std::uint8_t { one_byte, two_bytes, three_bytes } map = map::one_byte;
  std::uint8_t opcode = 0;
  const std::uint8_t* end = nullptr;

  bool is(enum map in, unsigned low, unsigned high) const noexcept { return map == in && opcode >= low && opcode <= high; }
  bool is(enum map in, unsigned which) const noexcept { return is(in, which, which); }
};

using map = enum beginning::map;

beginning read_beginning(const std::uint8_t* at) noexcept {
  beginning found;
  constexpr int longest_instruction = 15;
  for (int prefixes = 0; prefixes < longest_instruction; ++prefixes, ++at) {
    if (*at == 0x66)
      found.operand_size = true;
    else if (*at == 0x67)
      found.short_address = true;
    else if (*at == 0x64 || *at == 0x65)
      found.other_segment = true;
    else if (*at != 0xf0 && *at != 0xf2 && *at != 0xf3)
      break;
  }
  if ((*at & 0xf0) == 0x40) found.rex = *at++;
  found.opcode = *at++;
  if (found.opcode == 0x0f) {
    found.map = map::two_bytes;
    found.opcode = *at++;
    if (found.opcode == 0x38 || found.opcode == 0x3a) {
      found.map = map::three_bytes;
      found.opcode = *at++;
    }
  }
  found.end = at;
  return found;
}

template <class Number>
Number number_at(const std::uint8_t* at) noexcept {
  Number number;
  std::memcpy(&number, at, sizeof number);
  return number;
}

/// What instructions without a ModRM byte access: the stack, strings, an address that follows.
std::optional<memory_operand> implied_operand(const beginning& of, const numbered_registers& registers) noexcept {
  const auto is = [&](unsigned low, unsigned high) { return of.is(map::one_byte, low, high); };
  constexpr std::uintptr_t word = 8;
  if (is(0x50, 0x57) || is(0x68, 0x68) || is(0x6a, 0x6a) || is(0x9c, 0x9c) || is(0xe8, 0xe8))
    return memory_operand{registers[rsp] - word, memory_access::write};
  if (is(0x58, 0x5f) || is(0x9d, 0x9d) || is(0xc2, 0xc3)) return memory_operand{registers[rsp], memory_access::read};
  if (is(0xc9, 0xc9)) return memory_operand{registers[rbp], memory_access::read};
  if (is(0xa0, 0xa3)) return memory_operand{number_at<std::uintptr_t>(of.end), of.opcode & 2 ? memory_access::write : memory_access::read};
  const bool moves = is(0xa4, 0xa5);
  if (is(0xaa, 0xab) || (moves && is_canonical(registers[rsi]))) return memory_operand{registers[rdi], memory_access::write};
  if (moves || is(0xa6, 0xa7) || is(0xac, 0xad)) return memory_operand{registers[rsi], memory_access::read};
  if (is(0xae, 0xaf)) return memory_operand{registers[rdi], memory_access::read};
  return std::nullopt;
}

bool has_modrm(const beginning& of) noexcept {
  const auto is = [&](unsigned low, unsigned high) { return of.is(of.map, low, high); };
  if (of.map == map::three_bytes) return true;
  if (of.map == map::two_bytes)
    return !(is(0x05, 0x0b) || is(0x30, 0x37) || is(0x77, 0x77) || is(0x80, 0x8f) || is(0xa0, 0xa2) || is(0xa8, 0xaa) ||
             is(0xc8, 0xcf));
  if (of.opcode < 0x40) return (of.opcode & 4) == 0;
  return is(0x63, 0x63) || is(0x69, 0x69) || is(0x6b, 0x6b) || is(0x80, 0x8f) || is(0xc0, 0xc1) || is(0xc6, 0xc7) ||
         is(0xd0, 0xd3) || is(0xd8, 0xdf) || is(0xf6, 0xf7) || is(0xfe, 0xff);
}

/// `extension` is the opcode's second part, the middle of the ModRM byte.
bool writes(const beginning& of, unsigned extension) noexcept {
  const auto is = [&](std::initializer_list<unsigned> opcodes) { return std::ranges::find(opcodes, of.opcode) != opcodes.end(); };
  if (of.map == map::three_bytes) return false;
  if (of.map == map::two_bytes)
    return is({0x11, 0x13, 0x17, 0x29, 0x2b, 0x7f, 0xb0, 0xb1, 0xc0, 0xc1, 0xc3, 0xd6, 0xe7}) || of.is(map::two_bytes, 0x90, 0x9f) ||
           (is({0x7e}) && of.operand_size) || (is({0xae}) && extension == 0);
  if (of.opcode < 0x38) return (of.opcode & 2) == 0;  // add, or, ... to memory
  if (is({0x80, 0x81, 0x83})) return extension != 7;  // all but cmp
  if (is({0xfe, 0xff})) return extension < 2;         // inc, dec
  if (is({0xf6, 0xf7})) return extension == 2 || extension == 3;
  return is({0x86, 0x87, 0x88, 0x89, 0x8f, 0xc0, 0xc1, 0xc6, 0xc7, 0xd0, 0xd1, 0xd2, 0xd3});
}

bool is_sse(const beginning& of) noexcept {
  if (of.map == map::three_bytes) return of.operand_size;
  const auto is = [&](unsigned low, unsigned high) { return of.is(map::two_bytes, low, high); };
  return is(0x10, 0x17) || is(0x28, 0x2f) || is(0x50, 0x7f) || is(0xae, 0xae) || is(0xc2, 0xc2) || is(0xc6, 0xc6) ||
         is(0xd0, 0xff);
}

/// The address that ModRM, SIB and displacement stand for. ModRM is not that of a register.
std::uintptr_t address_of(const beginning& of, const numbered_registers& registers) noexcept {
  const std::uint8_t* at = of.end;
  const unsigned mode = *at >> 6, low = *at & 7;
  ++at;
  std::uintptr_t address = 0;
  unsigned base = low | (of.rex & 1) << 3;
  bool has_base = true, after_instruction = false;
  if (low == rsp) {  // a SIB byte follows
    const unsigned index = (*at >> 3 & 7) | (of.rex & 2) << 2;
    if (index != rsp) address = registers[index] << (*at >> 6);
    base = (*at & 7) | (of.rex & 1) << 3;
    has_base = mode != 0 || (*at & 7) != rbp;
    ++at;
  } else if (low == rbp && mode == 0) {
    has_base = false, after_instruction = true;
  }
  if (has_base) address += registers[base];
  if (mode == 1) return address + static_cast<std::uintptr_t>(static_cast<std::int8_t>(*at));
  if (mode == 2 || !has_base) {
    address += static_cast<std::uintptr_t>(std::intptr_t{number_at<std::int32_t>(at)});
    at += sizeof(std::int32_t);
  }
  return after_instruction ? address + reinterpret_cast<std::uintptr_t>(at) : address;  // none of these has an immediate
}

}  // namespace

std::optional<memory_operand> memory_operand_of(const std::uint8_t* code, const numbered_registers& registers) noexcept {
  const beginning of = read_beginning(code);
  if (of.other_segment || of.short_address) return std::nullopt;
  if (!has_modrm(of)) return implied_operand(of, registers);
  const unsigned mode = *of.end >> 6, extension = *of.end >> 3 & 7;
  if (mode == 3) {
    const bool is_jump = of.is(map::one_byte, 0xff) && (extension == 2 || extension == 4);
    if (!is_jump) return std::nullopt;
    return memory_operand{registers[(*of.end & 7) | (of.rex & 1) << 3], memory_access::jump};
  }
  return memory_operand{address_of(of, registers), writes(of, extension) ? memory_access::write : memory_access::read, is_sse(of)};
}

}  // namespace bobbin::isa
