/// Format strings: what a field may say, how it is read, and the checks at compile time.
///
///     {}   {0}   {:>8}   {:#010x}   {:*^20}   {:+.3f}   {:{}}   {1:.{0}}   {{   }}
///
///     field   {[argument][:spec]}
///     spec    [[fill]align][sign][#][0][width][.precision][type]
///
/// The meaning is std::format's. One reader serves both sides: at compile time `check_format` lets only valid strings
/// through, so at run time nothing can be wrong with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bobbin {

/// What stands after the colon of a field.
struct format_spec {
  static constexpr int limit = 9'999;  ///< the largest width and precision

  std::string_view fill = " ";  ///< one UTF-8 character
  char align = '\0';            ///< '<' '>' '^', or 0: as the argument's type has it
  char sign = '\0';             ///< '+': always, ' ': a space in place of plus, '-' or 0: only a minus
  bool alternate = false;       ///< '#': 0x, 0b, 0 in front; a decimal point in any case
  bool zero = false;            ///< '0': zeros between sign and digits up to the width
  char type = '\0';             ///< the letter, or 0: as the argument's type has it
  int width = 0;                ///< characters at least
  int precision = -1;           ///< digits, or characters of text at most; -1: not given
};

struct format_field {
  static constexpr int nothing = -1;

  int argument = 0;
  int width_from = nothing;      ///< the argument that holds the width: {:{}}
  int precision_from = nothing;  ///< the argument that holds the precision: {:.{}}
  format_spec spec;
};

/// Reads a format string from left to right. Of an invalid one it reads what it understands and leaves the rest.
class format_reader {
 public:
  constexpr explicit format_reader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  constexpr bool at_end() const { return at_ == end_; }
  constexpr bool at_field() const { return peek() == '{' && peek(1) != '{'; }
  constexpr char peek(std::ptrdiff_t ahead = 0) const { return ahead < end_ - at_ ? at_[ahead] : '\0'; }
  constexpr bool numbered() const { return numbered_; }
  constexpr bool unnumbered() const { return next_argument_ > 0; }

  constexpr bool accept(char wanted) {
    const bool found = !at_end() && *at_ == wanted;
    at_ += found;
    return found;
  }

  /// The text before the next brace. A doubled brace ends a piece and gives it its first half.
  constexpr std::string_view literal() {
    const char* start = at_;
    while (!at_end() && *at_ != '{' && *at_ != '}') ++at_;
    const bool doubled = !at_end() && peek() == peek(1);
    const std::string_view piece(start, static_cast<std::size_t>(at_ - start) + doubled);
    at_ += 2 * doubled;
    return piece;
  }

  /// A field without its closing brace.
  constexpr format_field field() {
    format_field field;
    accept('{');
    field.argument = argument();
    if (accept(':')) read_spec(field);
    return field;
  }

 private:
  static constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }
  static constexpr bool is_align(char c) { return c == '<' || c == '>' || c == '^'; }
  static constexpr bool is_letter(char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z'); }

  /// Bytes of the UTF-8 character that starts with `first`; 1 for a byte that starts none.
  static constexpr int character_bytes(char first) {
    const auto byte = static_cast<unsigned char>(first);
    return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf8 ? 4 : 1;
  }

  constexpr int argument() {
    if (!is_digit(peek())) return next_argument_++;
    numbered_ = true;
    return number();
  }

  constexpr int number() {
    int value = 0;
    for (; is_digit(peek()); ++at_)
      if (value <= format_spec::limit) value = value * 10 + (*at_ - '0');
    return value;
  }

  /// A number, or an argument in braces that holds it.
  constexpr void read_count(int& value, int& from) {
    if (is_digit(peek())) {
      value = number();
    } else if (accept('{')) {
      from = argument();
      if (!accept('}')) --at_;  // back to what is no end of a field, so that check_format sees it
    }
  }

  constexpr void read_spec(format_field& field) {
    format_spec& spec = field.spec;
    const int bytes = character_bytes(peek());
    if (peek() != '{' && peek() != '}' && is_align(peek(bytes))) {
      spec.fill = {at_, static_cast<std::size_t>(bytes)};
      at_ += bytes;
    }
    if (is_align(peek())) spec.align = *at_++;
    if (peek() == '+' || peek() == '-' || peek() == ' ') spec.sign = *at_++;
    spec.alternate = accept('#');
    spec.zero = accept('0');
    read_count(spec.width, field.width_from);
    if (peek() == '.' && (is_digit(peek(1)) || peek(1) == '{')) {
      ++at_;
      read_count(spec.precision, field.precision_from);
    }
    if (is_letter(peek())) spec.type = *at_++;
  }

  const char* at_;
  const char* end_;
  int next_argument_ = 0;
  bool numbered_ = false;
};

/// Which specs fit arguments of a type.
struct format_rules {
  std::string_view types;      ///< letters that may end a spec
  std::string_view options;    ///< of '+' (any sign), '#', '0' and '.' (precision)
  bool counts = false;         ///< may be the width or precision of another field
  bool formattable = true;

  constexpr bool allow_type(char letter) const { return letter == '\0' || types.find(letter) != types.npos; }

  constexpr bool allow_option(char option, char type) const {
    const bool as_integer = std::string_view("bBdoxX").find(type) != std::string_view::npos;
    if (type == 'c') return false;
    return (as_integer ? std::string_view("+#0") : options).find(option) != std::string_view::npos;
  }
};

/// What can be wrong with a format string. Not constexpr and never defined: that a check at compile time would have to
/// call one of them is the error, and the compiler tells its name.
namespace format_error {
void closing_brace_without_a_field__write_two_for_one();
void field_does_not_end_here__unknown_spec_or_closing_brace_missing();
void fewer_arguments_than_fields();
void more_arguments_than_fields();
void some_fields_are_numbered_and_some_are_not();
void type_cannot_be_formatted__cast_it_or_overload_format_value();
void type_letter_does_not_fit_the_argument();
void sign_does_not_fit_the_argument();
void alternate_form_does_not_fit_the_argument();
void leading_zeros_do_not_fit_the_argument();
void precision_does_not_fit_the_argument();
void width_or_precision_is_over_9999();
void width_or_precision_is_not_an_integer();
}  // namespace format_error

consteval void check_spec(const format_spec& spec, const format_rules& rules, bool has_precision) {
  if (!rules.formattable) format_error::type_cannot_be_formatted__cast_it_or_overload_format_value();
  if (!rules.allow_type(spec.type)) format_error::type_letter_does_not_fit_the_argument();
  if (spec.sign && !rules.allow_option('+', spec.type)) format_error::sign_does_not_fit_the_argument();
  if (spec.alternate && !rules.allow_option('#', spec.type)) format_error::alternate_form_does_not_fit_the_argument();
  if (spec.zero && !rules.allow_option('0', spec.type)) format_error::leading_zeros_do_not_fit_the_argument();
  if (has_precision && !rules.allow_option('.', spec.type)) format_error::precision_does_not_fit_the_argument();
  if (spec.width > spec.limit || spec.precision > spec.limit) format_error::width_or_precision_is_over_9999();
}

/// Accepts `text` for arguments with these rules or ends the compilation. `used` starts out false, one per argument.
consteval void check_format(std::string_view text, std::span<const format_rules> rules, std::span<bool> used) {
  const auto use = [&](int argument) -> const format_rules& {
    const auto index = static_cast<std::size_t>(argument);
    if (index >= rules.size()) format_error::fewer_arguments_than_fields();
    used[index] = true;
    return rules[index];
  };
  const auto use_count = [&](int argument) {
    if (argument == format_field::nothing) return;
    if (!use(argument).counts) format_error::width_or_precision_is_not_an_integer();
  };

  format_reader reader(text);
  while (!reader.at_end()) {
    reader.literal();
    if (reader.at_field()) {
      const format_field field = reader.field();
      if (!reader.accept('}')) format_error::field_does_not_end_here__unknown_spec_or_closing_brace_missing();
      const bool has_precision = field.spec.precision >= 0 || field.precision_from != format_field::nothing;
      check_spec(field.spec, use(field.argument), has_precision);
      use_count(field.width_from);
      use_count(field.precision_from);
    } else if (reader.peek() == '}' && reader.peek(1) != '}') {
      format_error::closing_brace_without_a_field__write_two_for_one();
    }
  }
  if (reader.numbered() && reader.unnumbered()) format_error::some_fields_are_numbered_and_some_are_not();
  for (const bool one : used)
    if (!one) format_error::more_arguments_than_fields();
}

}  // namespace bobbin
