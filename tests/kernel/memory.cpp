/// The memory functions against plain byte loops, on the machine they are for. tests/host tries more sizes and offsets.
#include "harness.hpp"

#include <core/memory.hpp>

#include <cstddef>
#include <string_view>

namespace {

using byte = unsigned char;

constexpr std::size_t most_bytes = 40;
constexpr std::size_t most_offset = 9;
constexpr std::size_t margin = 16;  // on each side, watched for stray writes

struct alignas(16) field {
  byte bytes[margin + most_offset + most_bytes + most_offset + margin];

  byte* at(std::size_t offset) { return bytes + margin + offset; }
};

constinit field source{}, actual{}, expected{}, between{};

/// Nothing here may call the functions under test: volatile keeps loops what they are.
void copy_bytes(volatile byte* to, const volatile byte* from, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) to[i] = from[i];
}

void set_bytes(volatile byte* to, byte value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) to[i] = value;
}

void set_pattern(field& target, unsigned seed) {
  for (std::size_t i = 0; i < sizeof target.bytes; ++i)
    *static_cast<volatile byte*>(target.bytes + i) = static_cast<byte>(i * 37 + seed);
}

bool as_expected() {
  for (std::size_t i = 0; i < sizeof actual.bytes; ++i)
    if (actual.bytes[i] != expected.bytes[i]) return false;
  return true;
}

template <class Test>
void for_every_size_and_two_offsets(Test test) {
  for (std::size_t bytes = 0; bytes <= most_bytes; ++bytes)
    for (std::size_t one = 0; one < most_offset; ++one)
      for (std::size_t other = 0; other < most_offset; ++other) {
        set_pattern(actual, 7);
        set_pattern(expected, 7);
        test(bytes, one, other);
      }
}

CASE("memcpy") {
  set_pattern(source, 100);
  for_every_size_and_two_offsets([](std::size_t bytes, std::size_t to, std::size_t from) {
    copy_bytes(expected.at(to), source.at(from), bytes);
    CHECK(memcpy(actual.at(to), source.at(from), bytes) == actual.at(to));
    CHECK(as_expected());
  });
}

CASE("memmove, overlapping") {
  for_every_size_and_two_offsets([](std::size_t bytes, std::size_t to, std::size_t from) {
    copy_bytes(between.at(0), expected.at(from), bytes);
    copy_bytes(expected.at(to), between.at(0), bytes);
    CHECK(memmove(actual.at(to), actual.at(from), bytes) == actual.at(to));
    CHECK(as_expected());
  });
}

CASE("memset") {
  for_every_size_and_two_offsets([](std::size_t bytes, std::size_t to, std::size_t value) {
    const int filler = static_cast<int>(value * 0x1234 + 0x81);
    set_bytes(expected.at(to), static_cast<byte>(filler), bytes);
    CHECK(memset(actual.at(to), filler, bytes) == actual.at(to));
    CHECK(as_expected());
  });
}

CASE("memcmp") {
  for_every_size_and_two_offsets([](std::size_t bytes, std::size_t one, std::size_t other) {
    copy_bytes(expected.at(other), actual.at(one), bytes);
    CHECK(memcmp(actual.at(one), expected.at(other), bytes) == 0);
    for (std::size_t i = 0; i < bytes; i += 5) {
      byte& differing = *expected.at(other + i);
      differing ^= 0x80;
      const int order = memcmp(actual.at(one), expected.at(other), bytes);
      CHECK(*actual.at(one + i) < differing ? order < 0 : order > 0);
      differing ^= 0x80;
    }
  });
}

CASE("strlen") {
  for_every_size_and_two_offsets([](std::size_t bytes, std::size_t at, std::size_t) {
    set_bytes(actual.at(at), 0xff, bytes);
    *actual.at(at + bytes) = 0;
    CHECK(strlen(reinterpret_cast<const char*>(actual.at(at))) == bytes);
  });
}

CASE("memchr, by way of std::string_view::find") {
  std::string_view text("abcb\0\xff", 6);
  asm("" : "+m"(text));  // or the compiler would know the answers
  CHECK_EQ(text.find('b'), 1u);
  CHECK_EQ(text.find('b', 2), 3u);
  CHECK_EQ(text.find('\xff'), 5u);
  CHECK(text.find('x') == text.npos);
  CHECK(std::string_view(text.data(), 0).find('a') == text.npos);
}

}  // namespace
