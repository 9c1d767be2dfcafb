/// kernel/core/memory.cpp against plain byte loops, for every small size, offset and overlap. The build renames the
/// kernel's functions (kernel_memcpy, ...), so that the C library's stay in place.
#include "harness.hpp"

#include <core/memory.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace {

using byte = unsigned char;

constexpr std::size_t most_bytes = 130;
constexpr std::size_t most_offset = 16;
constexpr std::size_t margin = 32;  // on each side, watched for stray writes

struct alignas(16) field {
  std::array<byte, margin + most_offset + most_bytes + most_offset + margin> bytes;

  byte* at(std::size_t offset) { return bytes.data() + margin + offset; }
  bool operator==(const field&) const = default;
};

field patterned(unsigned seed) {
  field result;
  for (std::size_t i = 0; i < result.bytes.size(); ++i) result.bytes[i] = static_cast<byte>(i * 37 + seed);
  return result;
}

/// What the functions are compared with. volatile keeps it what it says.
void copy_bytes(volatile byte* to, const volatile byte* from, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) to[i] = from[i];
}

void set_bytes(volatile byte* to, byte value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) to[i] = value;
}

void move_bytes(byte* to, const byte* from, std::size_t bytes) {
  field between;
  copy_bytes(between.at(0), from, bytes);
  copy_bytes(to, between.at(0), bytes);
}

int sign(int value) { return (value > 0) - (value < 0); }

CASE("memcpy copies every size between any two offsets and touches nothing else") {
  for (std::size_t to = 0; to < most_offset; ++to)
    for (std::size_t from = 0; from < most_offset; ++from)
      for (std::size_t bytes = 0; bytes <= most_bytes; ++bytes) {
        field source = patterned(1);
        field actual = patterned(100);
        field expected = actual;
        copy_bytes(expected.at(to), source.at(from), bytes);
        CHECK(memcpy(actual.at(to), source.at(from), bytes) == actual.at(to));
        CHECK(actual == expected);
        CHECK(source == patterned(1));
      }
}

CASE("memmove moves every size over every distance, in both directions") {
  for (std::size_t to = 0; to < 2 * most_offset; ++to)
    for (std::size_t from = 0; from < 2 * most_offset; ++from)
      for (std::size_t bytes = 0; bytes <= most_bytes; ++bytes) {
        field actual = patterned(7);
        field expected = actual;
        move_bytes(expected.at(to), expected.at(from), bytes);
        CHECK(memmove(actual.at(to), actual.at(from), bytes) == actual.at(to));
        CHECK(actual == expected);
      }
}

CASE("memset fills every size at every offset with the low byte of its value") {
  for (const int value : {0, 1, 0x7f, 0xa5, 0xff, -1, 0x1234}) {
    for (std::size_t to = 0; to < most_offset; ++to)
      for (std::size_t bytes = 0; bytes <= most_bytes; ++bytes) {
        field actual = patterned(3);
        field expected = actual;
        set_bytes(expected.at(to), static_cast<byte>(value), bytes);
        CHECK(memset(actual.at(to), value, bytes) == actual.at(to));
        CHECK(actual == expected);
      }
  }
}

CASE("memcmp orders by the first byte that differs, as unsigned numbers") {
  for (std::size_t one = 0; one < most_offset; ++one)
    for (std::size_t other = 0; other < most_offset; ++other)
      for (std::size_t bytes = 0; bytes <= most_bytes; ++bytes) {
        field left = patterned(1);
        field right = patterned(99);
        copy_bytes(right.at(other), left.at(one), bytes);
        CHECK(memcmp(left.at(one), right.at(other), bytes) == 0);
        if (bytes == 0) continue;
        for (const std::size_t place : {std::size_t{0}, bytes / 2, bytes - 1}) {
          byte& differing = *right.at(other + place);
          const byte kept = differing;
          for (const byte flip : {byte{0x01}, byte{0x80}}) {
            differing = kept ^ flip;
            CHECK(sign(memcmp(left.at(one), right.at(other), bytes)) == (kept < differing ? -1 : 1));
          }
          differing = kept;
        }
        if (bytes > 1) {  // what comes after the first difference does not count
          *right.at(other) = static_cast<byte>(*left.at(one) ^ 0x80);
          *right.at(other + bytes - 1) = static_cast<byte>(*left.at(one + bytes - 1) ^ 0xff);
          CHECK(sign(memcmp(left.at(one), right.at(other), bytes)) == (*left.at(one) < 0x80 ? -1 : 1));
        }
      }
}

CASE("strlen counts up to the first zero") {
  for (std::size_t at = 0; at < most_offset; ++at)
    for (std::size_t bytes = 0; bytes <= most_bytes; ++bytes) {
      field text;
      text.bytes.fill(0xff);
      *text.at(at + bytes) = 0;
      CHECK(strlen(reinterpret_cast<const char*>(text.at(at))) == bytes);
    }
}

}  // namespace
