/// What print writes, field by field. tests/host compares far more values, on the host.
#include "harness.hpp"

#include <core/format.hpp>
#include <core/format_chrono.hpp>
#include <core/units.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace {

using namespace bobbin;
using namespace std::chrono_literals;

constinit char space[16'384];

template <class... Args>
std::string_view text(format_string<std::type_identity_t<Args>...> format, const Args&... args) {
  return format_to(space, format, args...);
}

struct point {
  int x, y;
};

void format_value(sink out, const format_spec&, const point& p) { format_to(out, "({}, {})", p.x, p.y); }

enum class colour { red, green };

void format_value(sink out, const format_spec& spec, colour c) {
  format_with(out, spec, c == colour::red ? "red" : "green");
}

template <class T>
using limits = std::numeric_limits<T>;

CASE("literal text and braces") {
  CHECK_EQ(text(""), "");
  CHECK_EQ(text("plain"), "plain");
  CHECK_EQ(text("{{}}"), "{}");
  CHECK_EQ(text("{{{}}}", 1), "{1}");
  CHECK_EQ(text("{{{{{}{}}}}}", 1, 2), "{{12}}");
  CHECK_EQ(text("{}}}<", 1), "1}<");
  CHECK_EQ(text("\xff\x80 \x01 {} \xfe", 7), "\xff\x80 \x01 7 \xfe");
}

CASE("arguments by order and by number") {
  CHECK_EQ(text("{} {} {}", 1, 2, 3), "1 2 3");
  CHECK_EQ(text("{2} {1} {0}", 1, 2, 3), "3 2 1");
  CHECK_EQ(text("{0}{0}{1:>3}", 'a', 5), "aa  5");
}

CASE("integers") {
  CHECK_EQ(text("{} {} {}", 0, -1, 42u), "0 -1 42");
  CHECK_EQ(text("{} {}", limits<std::int64_t>::min(), limits<std::int64_t>::max()),
           "-9223372036854775808 9223372036854775807");
  CHECK_EQ(text("{}", limits<std::uint64_t>::max()), "18446744073709551615");
  CHECK_EQ(text("{} {}", std::int8_t{-128}, std::uint8_t{255}), "-128 255");
  CHECK_EQ(text("{:x} {:X} {:o} {:b} {:d}", 255, 255, 8, 5, 9), "ff FF 10 101 9");
  CHECK_EQ(text("{:#x} {:#X} {:#o} {:#b} {:#B}", 255, 255, 8, 5, 5), "0xff 0XFF 010 0b101 0B101");
  CHECK_EQ(text("{:#x} {:#o} {:#b}", 0, 0, 0), "0x0 0 0b0");
  CHECK_EQ(text("{:x} {:#x}", -255, limits<int>::min()), "-ff -0x80000000");
  CHECK_EQ(text("{:b}", limits<std::uint64_t>::max()).size(), 64);
  CHECK_EQ(text("{:#b}", limits<std::int64_t>::min()).size(), 1 + 2 + 64);
  CHECK_EQ(text("{:+} {:+} {: } {: } {:-} {:-}", 1, -1, 1, -1, 1, -1), "+1 -1  1 -1 1 -1");
  CHECK_EQ(text("{:c}{:c}", 72, 105), "Hi");
}

CASE("width, fill and alignment") {
  CHECK_EQ(text("{:5}|{:<5}|{:^5}|{:>5}", 42, 42, 42, 42), "   42|42   | 42  |   42");
  CHECK_EQ(text("{:5}|{:<5}|{:^5}|{:>5}", "ab", "ab", "ab", "ab"), "ab   |ab   | ab  |   ab");
  CHECK_EQ(text("{:*^9}|{:->5}|{:><4}", "mid", 7, 'x'), "***mid***|----7|x>>>");
  CHECK_EQ(text("{:05}|{:05}|{:+05}|{:#06x}|{:<05}", 42, -42, 42, 255, 42), "00042|-0042|+0042|0x00ff|42   ");
  CHECK_EQ(text("{:2}", 12345), "12345");
  CHECK_EQ(text("{:{}}|{:<{}}|{:0{}}", 1, 4, 2, 3, 3, 5), "   1|2  |00003");
  CHECK_EQ(text("{1:{0}}|{1:.{2}}", 4, "abc", 2), "abc |ab");
  CHECK_EQ(text("{:{}}|{:{}}", 1, -5, 2, limits<std::int64_t>::min()), "1|2");
  CHECK_EQ(text("{:{}}", 1, 1'000'000'000).size(), 9'999);
  CHECK_EQ(text("{:9999}", 1).size(), 9'999);
}

CASE("text") {
  CHECK_EQ(text("{} {} {}", "literal", std::string_view("view"), static_cast<const char*>("pointer")),
           "literal view pointer");
  CHECK_EQ(text("{:s}|{:.2}|{:5.1}|{:.0}|{:.9}", "abc", "abc", "abc", "abc", "abc"), "abc|ab|a    ||abc");
  CHECK_EQ(text("{:.{}}", "abcdef", 3), "abc");
  CHECK_EQ(text("{}", static_cast<const char*>(nullptr)), "(null)");
  CHECK_EQ(text("[{}] [{:3}]", "", ""), "[] [   ]");
  char array[8] = "ab";
  CHECK_EQ(text("{}", array), "ab");
  CHECK_EQ(text("{}", std::string_view("a\0b", 3)), std::string_view("a\0b", 3));
  CHECK_EQ(text("{:6}|{:.2}|{:ä>3}", "äöü", "äöü", "x"), "äöü   |äö|ääx");
}

CASE("characters and truth") {
  CHECK_EQ(text("{}{}{}", 'a', '\n', '\xff'), "a\n\xff");
  CHECK_EQ(text("{:3}|{:>3}|{:c}", 'a', 'b', 'c'), "a  |  b|c");
  CHECK_EQ(text("{:d} {:x} {:#x} {:+d}", 'a', 'a', '\xff', 'a'), "97 61 0xff +97");
  CHECK_EQ(text("{} {} {:>6} {:s}", true, false, true, false), "true false   true false");
  CHECK_EQ(text("{:d} {:#x} {:b}", true, true, false), "1 0x1 0");
}

CASE("pointers") {
  int object = 0;
  const auto address = reinterpret_cast<std::uintptr_t>(&object);
  CHECK_EQ(text("{}", nullptr), "0x0");
  CHECK_EQ(text("{} {:p}", reinterpret_cast<void*>(0xbeef), reinterpret_cast<const int*>(0x10)), "0xbeef 0x10");
  CHECK_EQ(text("{:8}|{:<8}|{:#>8}|{:08}", nullptr, nullptr, nullptr, nullptr), "     0x0|0x0     |#####0x0|0x000000");
  CHECK_EQ(text("{:P}", reinterpret_cast<void*>(0xbeef)), "0XBEEF");
  char expected[32];
  CHECK_EQ(text("{}", &object), format_to(expected, "{:#x}", address));
}

CASE("floating point, as short as it can be") {
  CHECK_EQ(text("{} {} {} {}", 0.0, -0.0, 1.0, -1.5), "0 -0 1 -1.5");
  CHECK_EQ(text("{} {} {}", 0.1, 0.3, 0.1 + 0.2), "0.1 0.3 0.30000000000000004");
  CHECK_EQ(text("{} {} {} {}", 0.1f, 16777216.0f, 3.4028235e38f, 1e-45f), "0.1 16777216 3.4028235e+38 1e-45");
  CHECK_EQ(text("{} {} {} {}", 10000.0, 100000.0, 0.001, 0.0001), "10000 1e+05 0.001 1e-04");
  CHECK_EQ(text("{} {}", 123456789012345683968.0, 1e23), "123456789012345683968 1e+23");
  CHECK_EQ(text("{} {} {}", limits<double>::max(), limits<double>::min(), limits<double>::denorm_min()),
           "1.7976931348623157e+308 2.2250738585072014e-308 5e-324");
  CHECK_EQ(text("{} {} {} {:F} {:E}", limits<double>::infinity(), -limits<double>::infinity(),
             limits<double>::quiet_NaN(), limits<double>::infinity(), limits<double>::quiet_NaN()),
           "inf -inf nan INF NAN");
  CHECK_EQ(text("{:#} {:#} {:#}", 1.0, 1e50, 1.5), "1. 1.e+50 1.5");
}

CASE("floating point, to a precision") {
  CHECK_EQ(text("{:.0f} {:.0f} {:.0f} {:.0f}", 0.5, 1.5, 2.5, 0.51), "0 2 2 1");
  CHECK_EQ(text("{:f} {:.1f} {:.2f} {:.3f}", 3.14159265, 9.96, 0.005, 1.0005), "3.141593 10.0 0.01 1.000");
  CHECK_EQ(text("{:e} {:.0e} {:.2E}", 123456.0, 9.5, 0.00012345), "1.234560e+05 1e+01 1.23E-04");
  CHECK_EQ(text("{:g} {:g} {:g} {:g}", 100000.0, 1000000.0, 0.0001, 0.00001), "100000 1e+06 0.0001 1e-05");
  CHECK_EQ(text("{:.3} {:.3} {:.10g} {:#.3g}", 1234.5, 0.5, 0.1, 1.0), "1.23e+03 0.5 0.1 1.00");
  CHECK_EQ(text("{:.{}f}", 2.0 / 3, 4), "0.6667");
  CHECK_EQ(text("{:.1000f}", 1.0).size(), 1'002);
  CHECK_EQ(text("{:8.2f}|{:<8.2f}|{:^8.2f}|{:08.2f}|{:+08.2f}", -1.5, 1.5, 1.5, -1.5, 1.5),
           "   -1.50|1.50    |  1.50  |-0001.50|+0001.50");
  CHECK_EQ(text("{:06}|{:6}|{:<6}", limits<double>::infinity(), -limits<double>::infinity(), 1.5),
           "   inf|  -inf|1.5   ");
}

CASE("durations") {
  CHECK_EQ(text("{} {} {} {} {} {} {}", 1ns, 2us, 3ms, 4s, 5min, 6h, std::chrono::days(7)),
           "1ns 2us 3ms 4s 5min 6h 7d");
  CHECK_EQ(text("{} {}", 1.5s, std::chrono::duration<double, std::milli>(1234567.0)), "1.5s 1.23457e+06ms");
  CHECK_EQ(text("{} {}", std::chrono::weeks(2), std::chrono::duration<int, std::ratio<1, 60>>(3)),
           "2[604800]s 3[1/60]s");
  CHECK_EQ(text("{:8}|{:>8}|{:*^8}|{:+}|{:.2f}", -10ms, 10ms, 10ms, 10ms, 1.5s),
           "-10ms   |    10ms|**10ms**|+10ms|1.50s");
}

CASE("types of one's own") {
  CHECK_EQ(text("{} {}", point{1, -2}, colour::green), "(1, -2) green");
  CHECK_EQ(text("{:>10}|{:*<6.2}|{:{}}", point{1, -2}, colour::red, colour::red, 5), "   (1, -2)|re****|red  ");
  CHECK_EQ(text("{:010}|", point{1, -2}), "(1, -2)   |");
}

CASE("a span takes what fits and no more") {
  char small[6] = {'#', '#', '#', '#', '#', '#'};
  CHECK_EQ(format_to(std::span(small, 5), "{}-{}", 123, 456), "123-4");
  CHECK_EQ(small[5], '#');
  CHECK_EQ(format_to(std::span(small, 0), "{}", 1), "");
  CHECK_EQ(format_to(std::span(small, 3), "{:9999}", 1), "   ");
}

CASE("units of memory") {
  CHECK_EQ(text("{} {} {}", 1_KiB, 2_MiB, 4_GiB), "1024 2097152 4294967296");
}

}  // namespace
