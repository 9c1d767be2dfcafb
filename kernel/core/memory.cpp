/// Byte by byte up to the first word boundary, then word by word, then byte by byte. Two regions whose boundaries do
/// not coincide are handled in bytes throughout: a misaligned access may trap on riscv64.
#include <core/memory.hpp>

#include <cstdint>

#if defined(__GNUC__) && !defined(__clang__)
// GCC knows the loops below by sight and would replace them by calls of the functions they are in.
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

namespace {

using byte = unsigned char;
using word [[gnu::may_alias]] = std::uintptr_t;

bool aligned(const void* address) { return reinterpret_cast<std::uintptr_t>(address) % sizeof(word) == 0; }

bool aligned_alike(const void* one, const void* other) {
  return (reinterpret_cast<std::uintptr_t>(one) ^ reinterpret_cast<std::uintptr_t>(other)) % sizeof(word) == 0;
}

word& word_at(byte* address) { return *reinterpret_cast<word*>(address); }
word word_at(const byte* address) { return *reinterpret_cast<const word*>(address); }

/// Lowest address first: right as long as `to` does not lie inside of what is still to be read.
void copy_upwards(byte* to, const byte* from, std::size_t bytes) {
  if (aligned_alike(to, from)) {
    for (; bytes > 0 && !aligned(to); --bytes) *to++ = *from++;
    for (; bytes >= sizeof(word); bytes -= sizeof(word), to += sizeof(word), from += sizeof(word))
      word_at(to) = word_at(from);
  }
  for (; bytes > 0; --bytes) *to++ = *from++;
}

/// Highest address first.
void copy_downwards(byte* to, const byte* from, std::size_t bytes) {
  to += bytes;
  from += bytes;
  if (aligned_alike(to, from)) {
    for (; bytes > 0 && !aligned(to); --bytes) *--to = *--from;
    for (; bytes >= sizeof(word); bytes -= sizeof(word)) {
      to -= sizeof(word);
      from -= sizeof(word);
      word_at(to) = word_at(from);
    }
  }
  for (; bytes > 0; --bytes) *--to = *--from;
}

}  // namespace

void* memcpy(void* to, const void* from, std::size_t bytes) noexcept {
  copy_upwards(static_cast<byte*>(to), static_cast<const byte*>(from), bytes);
  return to;
}

void* memmove(void* to, const void* from, std::size_t bytes) noexcept {
  const auto distance = reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from);
  const auto copy = distance < bytes ? copy_downwards : copy_upwards;
  copy(static_cast<byte*>(to), static_cast<const byte*>(from), bytes);
  return to;
}

void* memset(void* to, int value, std::size_t bytes) noexcept {
  const auto filler = static_cast<byte>(value);
  auto* at = static_cast<byte*>(to);
  for (; bytes > 0 && !aligned(at); --bytes) *at++ = filler;
  for (; bytes >= sizeof(word); bytes -= sizeof(word), at += sizeof(word))
    word_at(at) = filler * (~word{0} / 0xff);  // the byte in every place
  for (; bytes > 0; --bytes) *at++ = filler;
  return to;
}

int memcmp(const void* left, const void* right, std::size_t bytes) noexcept {
  auto* one = static_cast<const byte*>(left);
  auto* other = static_cast<const byte*>(right);
  if (aligned_alike(one, other)) {
    for (; bytes > 0 && !aligned(one) && *one == *other; --bytes) ++one, ++other;
    for (; bytes >= sizeof(word) && aligned(one) && word_at(one) == word_at(other); bytes -= sizeof(word))
      one += sizeof(word), other += sizeof(word);
  }
  for (; bytes > 0; --bytes, ++one, ++other)
    if (*one != *other) return *one - *other;
  return 0;
}

std::size_t strlen(const char* text) noexcept {
  const char* end = text;
  while (*end != '\0') ++end;
  return static_cast<std::size_t>(end - text);
}

/// std::string_view::find calls this one; <cstring> declares it in too many ways to repeat it in the header.
extern "C" const void* memchr(const void* in, int value, std::size_t bytes) noexcept {
  auto* at = static_cast<const byte*>(in);
  for (; bytes > 0; --bytes, ++at)
    if (*at == static_cast<byte>(value)) return at;
  return nullptr;
}
