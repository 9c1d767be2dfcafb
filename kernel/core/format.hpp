/// Formatting: std::format's strings and results, without locale, heap and exceptions.
///
///     format_to(out, "{} of {:>5} is {:.1f} %\n", done, all, share);
///
/// A call passes one word per argument, the value itself or where it is, and a table of functions that know what to
/// make of the words. The table depends on the argument types alone. So a call site is a few instructions, all
/// formatting code exists once, and a program that prints no floating point does not contain the code for it.
///
/// Differences from std::format: pointers to any object are accepted, a null `const char*` prints (null), surplus
/// arguments are errors, widths count every UTF-8 character as one column, and run-time widths and precisions are
/// limited to 0 ... 9999 instead of throwing. Not there: locales, hexadecimal floating point, long double, integers of
/// 128 bits.
#pragma once

#include <core/format_string.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace bobbin {

/// Where formatted text goes. It arrives in pieces, none of them empty.
struct sink {
  void (*put)(void* context, std::string_view text);
  void* context;

  void write(std::string_view text) const {
    if (!text.empty()) put(context, text);
  }
};

/// Writes the argument that `word` stands for.
using format_writer = void (*)(sink, const format_spec&, std::uint64_t word);

/// A format string that has been checked against the types of its arguments. Only string constants convert to it.
template <class... Args>
class format_string;

/// Writes `text` with the fields replaced by the arguments.
template <class... Args>
void format_to(sink, format_string<std::type_identity_t<Args>...> text, const Args&...);

/// Writes as much as fits and returns it. No terminating zero.
template <class... Args>
std::string_view format_to(std::span<char>, format_string<std::type_identity_t<Args>...> text, const Args&...);

/// Writes one value by a spec that is already there: for a format_value that is made of other values.
template <class T>
void format_with(sink, const format_spec&, const T& value);

/// A type of one's own becomes formattable by an overload beside it:
///
///     void format_value(sink out, const format_spec& spec, const point& p) { format_to(out, "({}, {})", p.x, p.y); }
///
/// Fill, alignment and width are taken care of; the rest of the spec is the overload's to use.
template <class T>
concept has_format_value =
    (std::is_class_v<T> || std::is_union_v<T> || std::is_enum_v<T>) &&
    requires(sink out, const format_spec& spec, const T& value) { format_value(out, spec, value); };

/// Which specs fit such a type: any, unless it specialises this.
template <class T>
inline constexpr format_rules format_rules_of{
    .types = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", .options = "+#0."};

// The formatting code: format.cpp and format_float.cpp.
void write_signed(sink, const format_spec&, std::uint64_t word);
void write_unsigned(sink, const format_spec&, std::uint64_t word);
void write_character(sink, const format_spec&, std::uint64_t word);
void write_boolean(sink, const format_spec&, std::uint64_t word);
void write_pointer(sink, const format_spec&, std::uint64_t word);
void write_c_string(sink, const format_spec&, std::uint64_t address);
void write_string_view(sink, const format_spec&, std::uint64_t address);
void write_float(sink, const format_spec&, std::uint64_t bits);
void write_double(sink, const format_spec&, std::uint64_t bits);
void write_within_width(sink, const format_spec&, std::uint64_t word, format_writer);
void write_format(sink, std::string_view text, const std::uint64_t* words, const format_writer* writers);

/// How arguments of type T are checked, passed and written. This one is for types that cannot be.
template <class T>
struct format_traits {
  static constexpr format_rules rules{.types = "", .options = "", .formattable = false};
  static constexpr format_writer write = nullptr;
  static std::uint64_t word(const T&) { return 0; }
};

template <class T, class... Others>
concept one_of = (std::same_as<T, Others> || ...);

template <class T>
concept integer_number = std::integral<T> && sizeof(T) <= sizeof(std::uint64_t) &&
                         !one_of<T, bool, char, wchar_t, char8_t, char16_t, char32_t>;

template <integer_number T>
struct format_traits<T> {
  static constexpr format_rules rules{.types = "bBcdoxX", .options = "+#0", .counts = true};
  static constexpr format_writer write = std::is_signed_v<T> ? write_signed : write_unsigned;
  static constexpr std::uint64_t word(T value) { return static_cast<std::uint64_t>(value); }
};

template <>
struct format_traits<char> {
  static constexpr format_rules rules{.types = "bBcdoxX", .options = ""};
  static constexpr format_writer write = write_character;
  static constexpr std::uint64_t word(char value) { return static_cast<unsigned char>(value); }
};

template <>
struct format_traits<bool> {
  static constexpr format_rules rules{.types = "bBdosxX", .options = ""};
  static constexpr format_writer write = write_boolean;
  static constexpr std::uint64_t word(bool value) { return value; }
};

template <one_of<float, double> T>
struct format_traits<T> {
  using bits = std::conditional_t<std::same_as<T, float>, std::uint32_t, std::uint64_t>;
  static constexpr format_rules rules{.types = "eEfFgG", .options = "+#0."};
  static constexpr format_writer write = std::same_as<T, float> ? write_float : write_double;
  static constexpr std::uint64_t word(T value) { return std::bit_cast<bits>(value); }
};

template <one_of<char*, const char*> T>
struct format_traits<T> {
  static constexpr format_rules rules{.types = "s", .options = "."};
  static constexpr format_writer write = write_c_string;
  static std::uint64_t word(const char* text) { return reinterpret_cast<std::uintptr_t>(text); }
};

template <>
struct format_traits<std::string_view> {
  static constexpr format_rules rules{.types = "s", .options = "."};
  static constexpr format_writer write = write_string_view;
  static std::uint64_t word(const std::string_view& text) { return reinterpret_cast<std::uintptr_t>(&text); }
};

template <class T>
  requires(std::is_pointer_v<T> && !std::is_function_v<std::remove_pointer_t<T>> && !one_of<T, char*, const char*>)
struct format_traits<T> {
  static constexpr format_rules rules{.types = "pP", .options = "0"};
  static constexpr format_writer write = write_pointer;
  static std::uint64_t word(T pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }
};

template <>
struct format_traits<std::nullptr_t> {
  static constexpr format_rules rules{.types = "pP", .options = "0"};
  static constexpr format_writer write = write_pointer;
  static constexpr std::uint64_t word(std::nullptr_t) { return 0; }
};

template <has_format_value T>
struct format_traits<T> {
  static constexpr format_rules rules = format_rules_of<T>;
  static std::uint64_t word(const T& value) { return reinterpret_cast<std::uintptr_t>(&value); }
  static void write(sink out, const format_spec& spec, std::uint64_t address) {
    write_within_width(out, spec, address, [](sink to, const format_spec& rest, std::uint64_t where) {
      format_value(to, rest, *reinterpret_cast<const T*>(where));
    });
  }
};

template <class T>
using format_traits_of = format_traits<std::decay_t<const T>>;  // an array of char is text as well

template <class... Args>
inline constexpr std::array<format_writer, sizeof...(Args)> format_writers{format_traits_of<Args>::write...};

template <class... Args>
class format_string {
 public:
  template <std::convertible_to<std::string_view> Text>
  consteval format_string(const Text& text) : text_(text) {
    constexpr std::array<format_rules, sizeof...(Args)> rules{format_traits_of<Args>::rules...};
    std::array<bool, sizeof...(Args)> used{};
    check_format(text_, rules, used);
  }

  constexpr std::string_view get() const { return text_; }

 private:
  std::string_view text_;
};

template <class... Args>
void format_to(sink out, format_string<std::type_identity_t<Args>...> text, const Args&... args) {
  const std::array<std::uint64_t, sizeof...(Args)> words{format_traits_of<Args>::word(args)...};
  write_format(out, text.get(), words.data(), format_writers<Args...>.data());
}

/// The sink that fills a span.
struct span_sink {
  std::span<char> free;

  sink as_sink() { return {put, this}; }
  static void put(void* context, std::string_view text);
};

template <class... Args>
std::string_view format_to(std::span<char> space, format_string<std::type_identity_t<Args>...> text,
                           const Args&... args) {
  span_sink filled{space};
  format_to(filled.as_sink(), text, args...);
  return {space.data(), space.size() - filled.free.size()};
}

template <class T>
void format_with(sink out, const format_spec& spec, const T& value) {
  static_assert(format_traits_of<T>::rules.formattable);
  format_traits_of<T>::write(out, spec, format_traits_of<T>::word(value));
}

}  // namespace bobbin
