/// The formatting of everything but floating point: see format.hpp.
#include <core/format.hpp>

#include <core/format_layout.hpp>
#include <core/memory.hpp>

#include <algorithm>

namespace bobbin {

namespace {

/// Whether `c` begins a UTF-8 character, as every byte does that does not continue one.
constexpr bool begins_character(char c) { return (c & 0xc0) != 0x80; }

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::size_t columns(const written_text& body) {
  std::size_t total = 0;
  const auto count = [](void* context, std::string_view text) { *static_cast<std::size_t*>(context) += columns(text); };
  body(sink{count, &total});
  return total;
}

/// The first `count` characters.
std::string_view shortened(std::string_view text, std::size_t count) {
  const char* end = text.begin();
  for (; end != text.end(); ++end)
    if (begins_character(*end) && count-- == 0) break;
  return {text.begin(), end};
}

void write_text(sink out, const format_spec& spec, std::string_view text) {
  if (spec.precision >= 0) text = shortened(text, static_cast<std::size_t>(spec.precision));
  write_aligned(out, spec, '<', "", [=](sink to) { to.write(text); });
}

void write_one_character(sink out, const format_spec& spec, std::uint64_t word) {
  const char character = static_cast<char>(word);
  write_text(out, spec, {&character, 1});
}

struct number_base {
  unsigned value;
  std::string_view prefix;
  std::string_view digits = "0123456789abcdef";
};

number_base base_of(char type) {
  switch (type) {
    case 'b': return {2, "0b"};
    case 'B': return {2, "0B"};
    case 'o': return {8, "0"};
    case 'x': return {16, "0x"};
    case 'X': return {16, "0X", "0123456789ABCDEF"};
    default: return {10, ""};
  }
}

void write_integer(sink out, const format_spec& spec, bool negative, std::uint64_t magnitude) {
  if (spec.type == 'c') return write_one_character(out, spec, magnitude);

  const number_base base = base_of(spec.type);
  char digits[64];
  char* const end = digits + sizeof digits;
  char* first = end;
  std::uint64_t rest = magnitude;
  do {
    *--first = base.digits[rest % base.value];
    rest /= base.value;
  } while (rest != 0);

  char prefix[3];
  std::size_t prefix_bytes = 0;
  const auto put_in_front = [&](std::string_view text) {
    for (const char c : text) prefix[prefix_bytes++] = c;
  };
  put_in_front(sign_text(spec, negative));
  if (spec.alternate && !(spec.type == 'o' && magnitude == 0)) put_in_front(base.prefix);

  const std::string_view body(first, end);
  write_aligned(out, spec, '>', {prefix, prefix_bytes}, [=](sink to) { to.write(body); });
}

int limited(std::uint64_t word) {
  return static_cast<int>(std::clamp<std::int64_t>(static_cast<std::int64_t>(word), 0, format_spec::limit));
}

}  // namespace

void write_repeated(sink out, std::string_view text, std::size_t times) {
  for (; times > 0; --times) out.write(text);
}

void write_aligned(sink out, const format_spec& spec, char usual_align, std::string_view prefix,
                   const written_text& body) {
  const auto width = static_cast<std::size_t>(spec.width);
  const std::size_t used = width > 0 ? columns(prefix) + columns(body) : 0;
  const std::size_t room = width > used ? width - used : 0;

  const bool with_zeros = spec.zero && spec.align == '\0';
  const char align = spec.align ? spec.align : usual_align;
  const std::size_t zeros = with_zeros ? room : 0;
  const std::size_t left = with_zeros || align == '<' ? 0 : align == '^' ? room / 2 : room;

  write_repeated(out, spec.fill, left);
  out.write(prefix);
  write_repeated(out, "0", zeros);
  body(out);
  write_repeated(out, spec.fill, room - zeros - left);
}

void write_within_width(sink out, const format_spec& spec, std::uint64_t word, format_writer write) {
  format_spec outer = spec;
  outer.zero = false;
  format_spec inner = spec;
  inner.fill = " ";
  inner.align = '\0';
  inner.width = 0;
  write_aligned(out, outer, '<', "", [&](sink to) { write(to, inner, word); });
}

void write_signed(sink out, const format_spec& spec, std::uint64_t word) {
  const bool negative = static_cast<std::int64_t>(word) < 0;
  write_integer(out, spec, negative, negative ? -word : word);
}

void write_unsigned(sink out, const format_spec& spec, std::uint64_t word) { write_integer(out, spec, false, word); }

void write_character(sink out, const format_spec& spec, std::uint64_t word) {
  if (spec.type != '\0' && spec.type != 'c') return write_integer(out, spec, false, word);
  write_one_character(out, spec, word);
}

void write_boolean(sink out, const format_spec& spec, std::uint64_t word) {
  if (spec.type != '\0' && spec.type != 's') return write_integer(out, spec, false, word);
  write_text(out, spec, word ? "true" : "false");
}

void write_pointer(sink out, const format_spec& spec, std::uint64_t word) {
  format_spec as_integer = spec;
  as_integer.type = spec.type == 'P' ? 'X' : 'x';
  as_integer.alternate = true;
  write_integer(out, as_integer, false, word);
}

void write_c_string(sink out, const format_spec& spec, std::uint64_t address) {
  const auto* text = reinterpret_cast<const char*>(address);
  write_text(out, spec, text ? std::string_view(text) : "(null)");
}

void write_string_view(sink out, const format_spec& spec, std::uint64_t address) {
  write_text(out, spec, *reinterpret_cast<const std::string_view*>(address));
}

void write_format(sink out, std::string_view text, const std::uint64_t* words, const format_writer* writers) {
  format_reader reader(text);
  while (!reader.at_end()) {
    out.write(reader.literal());
    if (!reader.at_field()) continue;
    format_field field = reader.field();
    reader.accept('}');
    if (field.width_from != field.nothing) field.spec.width = limited(words[field.width_from]);
    if (field.precision_from != field.nothing) field.spec.precision = limited(words[field.precision_from]);
    writers[field.argument](out, field.spec, words[field.argument]);
  }
}

void span_sink::put(void* context, std::string_view text) {
  std::span<char>& free = static_cast<span_sink*>(context)->free;
  const std::size_t bytes = std::min(text.size(), free.size());
  memcpy(free.data(), text.data(), bytes);
  free = free.subspan(bytes);
}

}  // namespace bobbin
