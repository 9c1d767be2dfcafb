/// arch/x86_64/operand.cpp: what instructions access, against what an assembler was told.
#include "harness.hpp"

#include "operand.hpp"

#include <cstring>
#include <string_view>

using namespace std::literals;
using namespace bobbin::isa;
using enum memory_access;

namespace {

/// Of each register a number that tells it from all others, at any scale.
constexpr std::uintptr_t value(unsigned number) { return std::uintptr_t{number + 1} << 32 | number; }

constexpr numbered_registers registers = [] {
  numbered_registers all{};
  for (unsigned number = 0; number < all.size(); ++number) all[number] = value(number);
  return all;
}();

enum { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };

std::optional<memory_operand> operand_of(std::string_view bytes) {
  static std::uint8_t code[32];
  std::memset(code, 0x90, sizeof code);
  std::memcpy(code, bytes.data(), bytes.size());
  return memory_operand_of(code, registers);
}

bool accesses(std::string_view bytes, std::uintptr_t address, memory_access access, bool sse = false) {
  const auto found = operand_of(bytes);
  return found && found->address == address && found->access == access && found->sse == sse;
}

}  // namespace

CASE("SSE") {
  CHECK(accesses("\x0f\x28\x07"sv, value(rdi), read, true));                                        // movaps (%rdi), %xmm0
  CHECK(accesses("\x0f\x29\x4e\x08"sv, value(rsi) + 8, write, true));                               // movaps %xmm1, 8(%rsi)
  CHECK(accesses("\x45\x0f\x29\x8d\x78\x56\x34\x12"sv, value(r13) + 0x12345678, write, true));      // movaps %xmm9, 0x12345678(%r13)
  CHECK(accesses("\x66\x0f\x6f\x14\x88"sv, value(rax) + 4 * value(rcx), read, true));               // movdqa (%rax,%rcx,4), %xmm2
  CHECK(accesses("\x66\x41\x0f\x7f\x54\x24\xf8"sv, value(r12) - 8, write, true));                   // movdqa %xmm2, -8(%r12)
  CHECK(accesses("\x66\x0f\xe7\x04\x24"sv, value(rsp), write, true));                               // movntdq %xmm0, (%rsp)
  CHECK(accesses("\x66\x43\x0f\xfe\x1c\xf7"sv, value(r15) + 8 * value(r14), read, true));           // paddd (%r15,%r14,8), %xmm3
  CHECK(accesses("\x0f\x58\x1c\x6d\x40\x00\x00\x00"sv, 2 * value(rbp) + 0x40, read, true));         // addps 0x40(,%rbp,2), %xmm3
  CHECK(accesses("\x66\x0f\x38\x00\x0a"sv, value(rdx), read, true));                                // pshufb (%rdx), %xmm1
}

CASE("moves") {
  CHECK(accesses("\x8b\x07"sv, value(rdi), read));                                                  // mov (%rdi), %eax
  CHECK(accesses("\x88\x45\x01"sv, value(rbp) + 1, write));                                         // mov %al, 1(%rbp)
  CHECK(accesses("\x49\xc7\x01\x07\x00\x00\x00"sv, value(r9), write));                              // movq $7, (%r9)
  CHECK(accesses("\x4c\x8b\x14\xd5\x00\x10\x00\x00"sv, 8 * value(rdx) + 0x1000, read));             // mov 0x1000(,%rdx,8), %r10
  CHECK(accesses("\x8b\x04\x25\x00\x00\xff\x7f"sv, 0x7fff0000, read));                              // mov 0x7fff0000, %eax
  CHECK(accesses("\x41\x0f\xb6\x00"sv, value(r8), read));                                           // movzbl (%r8), %eax
  CHECK(accesses("\xa0\x11\x22\x33\x44\x55\x66\x77\x88"sv, 0x8877'6655'4433'2211, read));           // movabs 0x88..., %al
  CHECK(accesses("\xa3\x11\x22\x33\x44\x55\x66\x77\x88"sv, 0x8877'6655'4433'2211, write));          // movabs %eax, 0x88...
  CHECK(accesses("\x48\x87\x02"sv, value(rdx), write));                                             // xchg %rax, (%rdx)
  CHECK(accesses("\x0f\x94\x00"sv, value(rax), write));                                             // sete (%rax)
}

CASE("an address relative to the next instruction") {
  const auto found = operand_of("\x48\x8b\x05\x00\x01\x00\x00"sv);                                  // mov 0x100(%rip), %rax
  const auto again = operand_of("\x48\x8b\x05\xff\x00\x00\x00"sv);
  CHECK(found && again && found->address == again->address + 1);
}

CASE("arithmetic") {
  CHECK(accesses("\x01\x03"sv, value(rbx), write));                                                 // add %eax, (%rbx)
  CHECK(accesses("\x03\x03"sv, value(rbx), read));                                                  // add (%rbx), %eax
  CHECK(accesses("\x83\x3b\x01"sv, value(rbx), read));                                              // cmpl $1, (%rbx)
  CHECK(accesses("\x83\x03\x01"sv, value(rbx), write));                                             // addl $1, (%rbx)
  CHECK(accesses("\xff\x01"sv, value(rcx), write));                                                 // incl (%rcx)
  CHECK(accesses("\x48\xf7\x19"sv, value(rcx), write));                                             // negq (%rcx)
  CHECK(accesses("\x48\xf7\x39"sv, value(rcx), read));                                              // idivq (%rcx)
  CHECK(accesses("\xf0\x48\x0f\xb1\x0a"sv, value(rdx), write));                                     // lock cmpxchg %rcx, (%rdx)
}

CASE("the stack, strings, jumps") {
  CHECK(accesses("\x50"sv, value(rsp) - 8, write));                                                 // push %rax
  CHECK(accesses("\xff\x37"sv, value(rdi), read));                                                  // pushq (%rdi)
  CHECK(accesses("\x5b"sv, value(rsp), read));                                                      // pop %rbx
  CHECK(accesses("\xe8\xfb\xff\xff\xff"sv, value(rsp) - 8, write));                                 // call .
  CHECK(accesses("\xc3"sv, value(rsp), read));                                                      // ret
  CHECK(accesses("\xc9"sv, value(rbp), read));                                                      // leave
  CHECK(accesses("\xf3\x48\xab"sv, value(rdi), write));                                             // rep stosq
  CHECK(accesses("\xf3\xa4"sv, value(rdi), write));                                                 // rep movsb
  CHECK(accesses("\xac"sv, value(rsi), read));                                                      // lodsb
  CHECK(accesses("\xff\xe0"sv, value(rax), jump));                                                  // jmp *%rax
  CHECK(accesses("\x41\xff\xd3"sv, value(r11), jump));                                              // call *%r11
  CHECK(accesses("\xff\x27"sv, value(rdi), read));                                                  // jmp *(%rdi)
}

CASE("what is no access, or is not looked for") {
  for (const auto bytes : {"\x90"sv, "\x0f\x0b"sv, "\x48\x89\xc3"sv, "\x0f\x30"sv,                  // nop, ud2, mov %rax, %rbx, wrmsr
                           "\x64\x48\x8b\x07"sv, "\x67\x8b\x07"sv})                                 // %fs:(%rdi), (%edi)
    CHECK(!operand_of(bytes));
}

CASE("any bytes have an end") {
  std::uint64_t random = 1;
  for (int turn = 0; turn < 1'000'000; ++turn) {
    char bytes[16];
    for (char& byte : bytes) random = random * 6364136223846793005 + 1442695040888963407, byte = static_cast<char>(random >> 56);
    (void)operand_of({bytes, sizeof bytes});
  }
  CHECK(true);
}
