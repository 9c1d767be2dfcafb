/// Durations print as std::format prints them by "{}": the count and its unit, 10ms, 1.5s, 3min, 1[604800]s.
/// A spec's sign, precision and type are those of the count; fill, alignment and width those of the whole.
#pragma once

#include <core/chrono.hpp>
#include <core/format.hpp>

#include <ratio>
#include <string_view>
#include <type_traits>

namespace bobbin {

template <class Period>
inline constexpr std::string_view unit_name = "";

template <> inline constexpr std::string_view unit_name<std::atto> = "as";
template <> inline constexpr std::string_view unit_name<std::femto> = "fs";
template <> inline constexpr std::string_view unit_name<std::pico> = "ps";
template <> inline constexpr std::string_view unit_name<std::nano> = "ns";
template <> inline constexpr std::string_view unit_name<std::micro> = "us";
template <> inline constexpr std::string_view unit_name<std::milli> = "ms";
template <> inline constexpr std::string_view unit_name<std::centi> = "cs";
template <> inline constexpr std::string_view unit_name<std::deci> = "ds";
template <> inline constexpr std::string_view unit_name<std::ratio<1>> = "s";
template <> inline constexpr std::string_view unit_name<std::deca> = "das";
template <> inline constexpr std::string_view unit_name<std::hecto> = "hs";
template <> inline constexpr std::string_view unit_name<std::kilo> = "ks";
template <> inline constexpr std::string_view unit_name<std::mega> = "Ms";
template <> inline constexpr std::string_view unit_name<std::giga> = "Gs";
template <> inline constexpr std::string_view unit_name<std::tera> = "Ts";
template <> inline constexpr std::string_view unit_name<std::peta> = "Ps";
template <> inline constexpr std::string_view unit_name<std::exa> = "Es";
template <> inline constexpr std::string_view unit_name<std::ratio<60>> = "min";
template <> inline constexpr std::string_view unit_name<std::ratio<3600>> = "h";
template <> inline constexpr std::string_view unit_name<std::ratio<86400>> = "d";

template <class Rep, class Period>
inline constexpr format_rules format_rules_of<std::chrono::duration<Rep, Period>>{
    .types = std::is_floating_point_v<Rep> ? "eEfFgG" : "",
    .options = std::is_floating_point_v<Rep> ? "+#." : "+"};

template <class Rep, class Period>
void format_value(sink out, const format_spec& spec, const std::chrono::duration<Rep, Period>& duration) {
  format_spec count_spec = spec;
  if (std::is_floating_point_v<Rep> && spec.type == '\0') count_spec.type = 'g';  // six digits, as streams have it
  using count = std::conditional_t<std::is_same_v<Rep, long double>, double, Rep>;  // 1.5s has a long double
  format_with(out, count_spec, static_cast<count>(duration.count()));

  using period = typename Period::type;
  if constexpr (!unit_name<period>.empty()) {
    out.write(unit_name<period>);
  } else if constexpr (period::den == 1) {
    format_to(out, "[{}]s", period::num);
  } else {
    format_to(out, "[{}/{}]s", period::num, period::den);
  }
}

}  // namespace bobbin
