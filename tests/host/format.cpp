/// kernel/core/format* against the C library: std::to_chars for shortest floating point, snprintf for everything that
/// has a precision, on some hundred thousand random values and on the ones that formatters get wrong.
#include "harness.hpp"

#include <core/format.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace bobbin;

/// How many values to try: RANDOM_VALUES in the environment. From 1 000 000 on, all special ones in all ways as well.
const int random_values = [] {
  const char* wanted = std::getenv("RANDOM_VALUES");
  return wanted ? std::atoi(wanted) : 200'000;
}();

std::mt19937_64 random_bits(20'240'229);  // the same numbers every time

template <class... Args>
std::string formatted(format_string<std::type_identity_t<Args>...> text, const Args&... args) {
  static char space[16'384];
  return std::string(format_to(space, text, args...));
}

template <class T>
std::string formatted_with(const format_spec& spec, const T& value) {
  std::string result;
  const auto append = [](void* to, std::string_view text) { *static_cast<std::string*>(to) += text; };
  format_with(sink{append, &result}, spec, value);
  return result;
}

template <class... Args>
std::string printed(const char* format, Args... args) {
  static char space[16'384];
  return std::string(space, static_cast<std::size_t>(std::snprintf(space, sizeof space, format, args...)));
}

void check_same(const std::string& actual, const std::string& expected, const char* what) {
  if (actual != expected) std::printf("# %s: \"%s\" instead of \"%s\"\n", what, actual.c_str(), expected.c_str());
  CHECK(actual == expected);
}

template <class Real>
void check_shortest(Real value) {
  char space[64];
  const std::string expected(space, std::to_chars(space, space + sizeof space, value).ptr);
  check_same(formatted("{}", value), expected, "{}");
}

template <class Bits, class Real>
void check_shortest_of_random(int count) {
  for (int i = 0; i < count; ++i) {
    const auto bits = static_cast<Bits>(random_bits());
    const auto value = std::bit_cast<Real>(bits);
    if (!std::isnan(value)) check_shortest(value);
  }
}

const std::vector<double>& notorious() {
  static const std::vector<double> values = [] {
    std::vector<double> list = {0.0,   -0.0,    1.0,     0.1,    0.3,       1.0 / 3,  0.5,   1.5,    2.5,    3.5,
                                0.125, 0.375,   0.0625,  0.05,   0.15,      9.5,      99.5,  9.995,  999.95, 0.99999,
                                1e5,   12345.0, 1e15,    1e16,   1e17,      1e21,     1e22,  1e23,   1e-4,   1e-5,
                                1e300, 1e-300,  5e-324,  1e-323, 1.5e-323,  2e-320,   1e308, 0.0001, 123e-7, 4.35,
                                2.675, 1.005,   8.41e21, 9e-265, 5.1e-310,  9007199254740993.0};
    using limits = std::numeric_limits<double>;
    list.insert(list.end(), {limits::max(), limits::min(), limits::denorm_min(), limits::epsilon()});
    for (int power = -1074; power < 1024; ++power)
      for (const int direction : {-1, 0, 1}) {
        const double exact = std::ldexp(1.0, power);
        list.push_back(direction == 0 ? exact : std::nextafter(exact, direction * HUGE_VAL));
      }
    for (int power = -323; power < 309; ++power) {
      const double nearest = std::strtod(("1e" + std::to_string(power)).c_str(), nullptr);
      list.insert(list.end(), {nearest, std::nextafter(nearest, 0.0), std::nextafter(nearest, HUGE_VAL), -nearest});
    }
    return list;
  }();
  return values;
}

/// What the C standard says of %#.*g. glibc itself drops zeros where rounding makes one digit more of the number.
std::string printed_with_zeros(char type, int precision, double value) {
  if (!std::isfinite(value)) return printed(type == 'g' ? "%g" : "%G", value);
  const int digits = precision == 0 ? 1 : precision;
  const std::string scientific = printed(type == 'g' ? "%#.*e" : "%#.*E", digits - 1, value);
  const int exponent = std::stoi(scientific.substr(scientific.find_first_of("eE") + 1));
  return exponent < -4 || exponent >= digits ? scientific : printed("%#.*f", digits - 1 - exponent, value);
}

/// {:.Ne}, {:.Nf}, {:.Ng}, and {:.N}, which is {:.Ng} by another name, with and without '#'.
void check_precise(double value, int precision) {
  for (const char type : {'e', 'f', 'g', 'E', 'F', 'G'})
    for (const bool alternate : {false, true}) {
      const char format[] = {'%', alternate ? '#' : '-', '.', '*', type, '\0'};
      check_same(formatted_with({.alternate = alternate, .type = type, .precision = precision}, value),
                 alternate && (type == 'g' || type == 'G') ? printed_with_zeros(type, precision, value)
                                                           : printed(format, precision, value),
                 format);
    }
  check_same(formatted_with({.precision = precision}, value), printed("%.*g", precision, value), "{:.N}");
}

CASE("doubles: the shortest digits, on random values") {
  check_shortest_of_random<std::uint64_t, double>(random_values);
}

CASE("doubles: the shortest digits, on decimal fractions and whole numbers") {
  for (int i = 0; i < random_values / 4; ++i) {
    const auto digits = static_cast<double>(random_bits() >> (random_bits() % 64));
    check_shortest(digits);
    check_shortest(digits / std::pow(10.0, static_cast<double>(random_bits() % 20)));
  }
}

CASE("doubles: the shortest digits, on notorious values") {
  for (const double value : notorious()) check_shortest(value), check_shortest(-value);
}

CASE("floats: the shortest digits") {
  check_shortest_of_random<std::uint32_t, float>(random_values / 2);
  for (const double value : notorious()) check_shortest(static_cast<float>(value));
}

CASE("doubles: rounded to a precision") {
  const auto stride = static_cast<std::size_t>(std::max(1, 1'000'000 / random_values));
  for (std::size_t i = 0; i < notorious().size(); ++i)
    if (i < 50 || i % stride == 0)
      for (const int precision : {0, 1, 2, 6, 17}) check_precise(notorious()[i], precision);
  for (int i = 0; i < random_values / 100; ++i) {
    const double value = std::bit_cast<double>(random_bits());
    if (!std::isnan(value)) check_precise(value, static_cast<int>(random_bits() % 40));
  }
}

CASE("doubles: rounded where halves are common") {
  for (int i = -1'000; i <= 1'000; ++i)
    for (const int precision : {0, 1, 2, 3}) check_precise(i / 64.0, precision);
}

CASE("doubles: every digit there is") {
  for (const double value : {5e-324, 2.2250738585072009e-308, 1.7976931348623157e308, 0.1, 1e22, 1e23})
    for (const int precision : {300, 766, 767, 1'074, 1'100, 3'000}) check_precise(value, precision);
}

CASE("doubles: sign, zeros and width") {
  for (const double value : {0.0, -0.0, 1.5, -2.75, 1e100, HUGE_VAL, -HUGE_VAL})
    for (const int width : {0, 5, 12, 30})
      for (const char* flags : {"", "+", " ", "0", "+0", "#", "-"}) {
        const std::string_view set = flags;
        const bool zero = set.ends_with('0'), left = set == "-", plus = set.starts_with('+');
        const format_spec spec{.align = left ? '<' : '\0', .sign = plus ? '+' : set == " " ? ' ' : '\0',
                               .alternate = set == "#", .zero = zero, .type = 'g', .width = width};
        const std::string format = "%" + std::string(set) + "*g";
        check_same(formatted_with(spec, value), printed(format.c_str(), width, value), flags);
      }
}

template <class Integer>
void check_integers(const char* length) {
  using limits = std::numeric_limits<Integer>;
  std::vector<Integer> values = {0, 1, 7, 8, 9, 10, 15, 16, 99, 100, 127, limits::min(), limits::max()};
  if (limits::is_signed) values.insert(values.end(), {Integer(-1), Integer(-10), Integer(limits::min() + 1)});
  for (int i = 0; i < 200; ++i) values.push_back(static_cast<Integer>(random_bits() >> (random_bits() % 64)));
  for (const Integer value : values)
    for (const int width : {0, 1, 7, 25})
      for (const char* flags : {"", "0", "-"}) {
        const bool zero = *flags == '0', left = *flags == '-';
        const format_spec spec{.align = left ? '<' : '\0', .zero = zero, .width = width};
        const auto compare = [&](format_spec with, const char* more_flags, char type, auto argument) {
          const std::string format = "%" + std::string(flags) + more_flags + "*" + length + type;
          check_same(formatted_with(with, argument), printed(format.c_str(), width, argument), format.c_str());
        };
        const char decimal = limits::is_signed ? 'd' : 'u';
        format_spec with = spec;
        compare(with, "", decimal, value);
        if (limits::is_signed) {
          with.sign = '+';
          compare(with, "+", decimal, value);
          with.sign = ' ';
          compare(with, " ", decimal, value);
        }
        if (value < 0) continue;  // printf takes the bits of a negative number, format its magnitude
        for (const char type : {'x', 'X', 'o'}) {
          with = spec;
          with.type = type;
          compare(with, "", type, value);
          if (value == 0) continue;  // printf omits the base of zero
          with.alternate = true;
          compare(with, "#", type, value);
        }
      }
}

CASE("integers of every size, in every base, with signs, zeros and widths") {
  check_integers<signed char>("hh");
  check_integers<unsigned char>("hh");
  check_integers<short>("h");
  check_integers<unsigned short>("h");
  check_integers<int>("");
  check_integers<unsigned>("");
  check_integers<long>("l");
  check_integers<unsigned long>("l");
  check_integers<long long>("ll");
  check_integers<unsigned long long>("ll");
}

CASE("negative numbers show their magnitude in other bases, and binary is right") {
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t magnitude = random_bits() / 2;
    const auto value = -static_cast<std::int64_t>(magnitude);
    std::string binary;
    for (auto rest = magnitude; rest != 0; rest /= 2) binary.insert(binary.begin(), rest % 2 ? '1' : '0');
    check_same(formatted("{:#b}", value), "-0b" + binary, "{:#b}");
    check_same(formatted("{:b}", magnitude), binary, "{:b}");
    check_same(formatted("{:x}", value), "-" + printed("%lx", magnitude), "{:x}");
  }
}

}  // namespace
