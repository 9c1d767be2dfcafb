/// What format.cpp and format_float.cpp share: placing text within a field's width.
#pragma once

#include <core/format.hpp>

namespace bobbin {

/// Refers to a lambda that writes to the sink it is given. Called twice where a width asks for it: once to be counted.
class written_text {
 public:
  template <class Write>
  written_text(const Write& write)
      : object_(&write), call_([](const void* object, sink out) { (*static_cast<const Write*>(object))(out); }) {}

  void operator()(sink out) const { call_(object_, out); }

 private:
  const void* object_;
  void (*call_)(const void* object, sink);
};

/// Writes `prefix` and `body`, filled up to the width: around the two, or with zeros between them if the spec says so.
void write_aligned(sink, const format_spec&, char usual_align, std::string_view prefix, const written_text& body);

void write_repeated(sink, std::string_view text, std::size_t times);

/// What stands in front of a number.
constexpr std::string_view sign_text(const format_spec& spec, bool negative) {
  return negative ? "-" : spec.sign == '+' ? "+" : spec.sign == ' ' ? " " : "";
}

}  // namespace bobbin
