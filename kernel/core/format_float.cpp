/// The formatting of float and double, exact, in integers only: the FP unit is not touched.
///
/// A finite value is mantissa * 2^exponent. Its decimal digits come from long division of two big integers, as in
/// Steele and White, "How to print floating-point numbers accurately" (1990), in the form of Burger and Dybvig,
/// "Printing floating-point numbers quickly and accurately" (1996): with value = rest / unit * 10^place and rest less
/// than unit, the next digit says how often the unit goes into ten times the rest. Without a precision, digits are made
/// until they can belong to no neighbouring number; with one, as many as asked for, rounded half to even.
///
/// Stack: 1.2 KiB below write_double, whatever the value and the precision.
#include <core/algorithm.hpp>
#include <core/format_layout.hpp>

#include <initializer_list>

namespace bobbin {

namespace {

/// A float or double taken apart.
struct binary {
  enum class kind { finite, infinite, nan };

  kind what;
  bool negative;
  std::uint64_t mantissa;
  int exponent;
  bool closer_below;  ///< a power of two: the next smaller number is half as far away as the next larger one
};

binary take_apart(std::uint64_t bits, int mantissa_bits, int exponent_bits) {
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << mantissa_bits) - 1);
  const int largest = (1 << exponent_bits) - 1;
  const int biased = static_cast<int>(bits >> mantissa_bits) & largest;
  const bool normal = biased > 0;

  binary value{};
  value.what = biased < largest ? binary::kind::finite : fraction ? binary::kind::nan : binary::kind::infinite;
  value.negative = bits >> (mantissa_bits + exponent_bits) & 1;
  value.mantissa = fraction | std::uint64_t{normal} << mantissa_bits;
  value.exponent = (normal ? biased : 1) - largest / 2 - mantissa_bits;
  value.closer_below = fraction == 0 && biased > 1;
  return value;
}

/// d.ddd * 10^exponent; the places left and right of the digits are zeros. Two digits share a byte, to spare the stack.
struct decimal {
  static constexpr int shortest_bytes = (17 + 1) / 2;
  static constexpr int most_bytes = (767 + 1) / 2;

  unsigned char* pairs;
  int count = 0;
  int exponent = 0;

  int digit(int place) const {
    if (place < 0 || place >= count) return 0;
    return place % 2 == 0 ? pairs[place / 2] & 0xf : pairs[place / 2] >> 4;
  }

  void append(int digit) {
    const int place = count++;
    pairs[place / 2] = static_cast<unsigned char>(place % 2 == 0 ? digit : pairs[place / 2] | digit << 4);
  }

  /// One more in the last place. Nines become zeros, which are not kept at the end.
  void round_up() {
    while (count > 0 && digit(count - 1) == 9) --count;
    if (count > 0) {
      pairs[(count - 1) / 2] += count % 2 == 1 ? 0x01 : 0x10;
    } else {
      append(1);
      ++exponent;
    }
  }

  void drop_zeros() {
    while (count > 0 && digit(count - 1) == 0) --count;
  }
};

/// A natural number below 2^1088. The largest here is below 1000 * 4 * 2^1074, in shortest_digits of a tiny double.
class natural {
 public:
  explicit natural(std::uint64_t value) {
    for (; value != 0; value >>= 32) words_[size_++] = static_cast<std::uint32_t>(value);
  }

  bool is_zero() const { return size_ == 0; }

  void multiply(std::uint32_t factor) {
    std::uint64_t carry = 0;
    for (int i = 0; i < size_; ++i) {
      carry += std::uint64_t{words_[i]} * factor;
      words_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) words_[size_++] = static_cast<std::uint32_t>(carry);
  }

  void multiply_by_power_of_2(int power) {
    for (; power >= 31; power -= 31) multiply(1u << 31);
    multiply(1u << power);
  }

  void multiply_by_power_of_10(int power) {
    for (; power >= 9; power -= 9) multiply(1'000'000'000);
    for (; power > 0; --power) multiply(10);
  }

  /// Only of what is not larger.
  void subtract(const natural& other) {
    std::int64_t difference = 0;
    for (int i = 0; i < size_; ++i) {
      difference += std::int64_t{words_[i]} - (i < other.size_ ? other.words_[i] : 0);
      words_[i] = static_cast<std::uint32_t>(difference);
      difference >>= 32;
    }
    while (size_ > 0 && words_[size_ - 1] == 0) --size_;
  }

  /// Negative, zero or positive, as `one` is smaller than, equal to or larger than `other`.
  friend int compare(const natural& one, const natural& other) {
    if (one.size_ != other.size_) return one.size_ - other.size_;
    for (int i = one.size_ - 1; i >= 0; --i)
      if (one.words_[i] != other.words_[i]) return one.words_[i] < other.words_[i] ? -1 : 1;
    return 0;
  }

 private:
  std::uint32_t words_[34];
  int size_ = 0;
};

/// The place of the first digit of `value`, or one less: 78913 / 2^18 is near enough to log10(2) for every exponent.
int estimated_place(const binary& value) {
  int magnitude = value.exponent - 1;
  for (std::uint64_t rest = value.mantissa; rest != 0; rest >>= 1) ++magnitude;
  return (magnitude * 78913) >> 18;
}

/// Brings both sides of the division from multiples of the mantissa's last bit to multiples of 10^(place + 1).
void scale(std::initializer_list<natural*> numbers, natural& unit, int exponent, int place) {
  for (natural* number : numbers) {
    number->multiply_by_power_of_2(std::max(exponent, 0));
    number->multiply_by_power_of_10(std::max(-place, 0));
  }
  unit.multiply_by_power_of_2(std::max(-exponent, 0));
  unit.multiply_by_power_of_10(std::max(place, 0) + 1);
}

/// The fewest digits that are read back as `value` (not zero), and of those the nearest to it.
[[gnu::noinline]] void shortest_digits(decimal& result, const binary& value) {
  // In quarters of the mantissa's last bit, so that half-way to either neighbour is a whole number.
  natural rest(value.mantissa * 4);
  natural above(value.mantissa * 4 + 2);      // half-way to the next larger number
  natural below(value.closer_below ? 1 : 2);  // from the value down to half-way to the next smaller one
  natural unit(4);
  const int inclusive = value.mantissa % 2 == 0;  // readers round half-way to even
  const auto reaches_next = [&] { return compare(above, unit) + inclusive > 0; };

  result.exponent = estimated_place(value);
  scale({&rest, &above, &below}, unit, value.exponent, result.exponent);
  if (reaches_next()) {
    unit.multiply(10);
    ++result.exponent;
  }

  for (;;) {
    for (natural* number : {&rest, &above, &below}) number->multiply(10);
    int digit = 0;
    for (; compare(rest, unit) >= 0; ++digit) {
      rest.subtract(unit);
      above.subtract(unit);
    }
    const bool down = compare(rest, below) < inclusive;
    const bool up = reaches_next();
    if (down || up) {
      rest.multiply(2);
      const int to_half = compare(rest, unit);
      const bool nearer_up = to_half > 0 || (to_half == 0 && digit % 2 == 1);
      return result.append(digit + (up && (nearer_up || !down)));
    }
    result.append(digit);
  }
}

enum class counted { from_first_digit, from_point };

/// The digits of `value` to so many places, rounded half to even.
[[gnu::noinline]] void rounded_digits(decimal& result, const binary& value, counted from, int places) {
  if (value.mantissa == 0) return;
  natural rest(value.mantissa);
  natural unit(1);
  result.exponent = estimated_place(value);
  scale({&rest}, unit, value.exponent, result.exponent);
  if (compare(rest, unit) >= 0) {
    unit.multiply(10);
    ++result.exponent;
  }

  const int wanted = from == counted::from_first_digit ? places : places + 1 + result.exponent;
  if (wanted < 0) return;
  while (result.count < wanted && !rest.is_zero()) {
    rest.multiply(10);
    int digit = 0;
    for (; compare(rest, unit) >= 0; ++digit) rest.subtract(unit);
    result.append(digit);
  }
  rest.multiply(2);
  const int to_half = compare(rest, unit);
  const bool odd = result.digit(result.count - 1) % 2 == 1;
  if (to_half > 0 || (to_half == 0 && odd)) result.round_up();
}

enum class notation { fixed, scientific };

void write_digits(sink out, const decimal& number, int first, int count) {
  for (int place = first; place < first + count; ++place) {
    const char digit = static_cast<char>('0' + number.digit(place));
    out.write({&digit, 1});
  }
}

bool upper_case(const format_spec& spec) { return 'A' <= spec.type && spec.type <= 'Z'; }

void write_exponent(sink out, char letter, int exponent) {
  const int magnitude = exponent < 0 ? -exponent : exponent;
  const auto digit = [&](int unit) { return static_cast<char>('0' + magnitude / unit % 10); };
  const char text[] = {letter, exponent < 0 ? '-' : '+', digit(100), digit(10), digit(1)};
  const bool three = magnitude >= 100;
  out.write({text, 2});
  out.write({text + (three ? 2 : 3), three ? 3u : 2u});
}

void write_decimal(sink out, const format_spec& spec, bool negative, const decimal& number, notation how, int places) {
  write_aligned(out, spec, '>', sign_text(spec, negative), [&](sink to) {
    const int units = how == notation::fixed ? number.exponent : 0;  // which digit stands before the point
    const int first = std::min(units, 0);
    write_digits(to, number, first, units + 1 - first);
    if (places > 0 || spec.alternate) to.write(".");
    write_digits(to, number, units + 1, places);
    if (how == notation::scientific) write_exponent(to, upper_case(spec) ? 'E' : 'e', number.exponent);
  });
}

/// As printf does with this type and precision.
[[gnu::noinline]] void write_rounded(sink out, const format_spec& spec, const binary& value, char type, int precision) {
  unsigned char space[decimal::most_bytes];
  decimal number{space};
  if (type == 'e') {
    rounded_digits(number, value, counted::from_first_digit, precision + 1);
    return write_decimal(out, spec, value.negative, number, notation::scientific, precision);
  }
  if (type == 'f') {
    rounded_digits(number, value, counted::from_point, precision);
    return write_decimal(out, spec, value.negative, number, notation::fixed, precision);
  }
  const int significant = std::max(precision, 1);
  rounded_digits(number, value, counted::from_first_digit, significant);
  const bool fixed = -4 <= number.exponent && number.exponent < significant;
  const bool keep_zeros = spec.alternate && spec.type != '\0';
  if (!keep_zeros) number.drop_zeros();
  const int last = (keep_zeros ? significant : number.count) - 1;
  const int places = std::max(0, fixed ? last - number.exponent : last);
  write_decimal(out, spec, value.negative, number, fixed ? notation::fixed : notation::scientific, places);
}

/// In the notation that takes fewer characters; a whole number in fixed notation with all of its digits.
void write_shortest(sink out, const format_spec& spec, const binary& value) {
  unsigned char space[decimal::shortest_bytes];
  decimal number{space};
  if (value.mantissa != 0) shortest_digits(number, value);

  const auto characters = [](int before_point, int places) { return before_point + (places > 0 ? 1 + places : 0); };
  const int fixed_places = std::max(0, number.count - 1 - number.exponent);
  const int scientific_places = std::max(0, number.count - 1);
  const int exponent_characters = -100 < number.exponent && number.exponent < 100 ? 4 : 5;
  const int fixed_characters = characters(std::max(number.exponent, 0) + 1, fixed_places);
  const int scientific_characters = characters(1, scientific_places) + exponent_characters;
  if (fixed_characters > scientific_characters)
    return write_decimal(out, spec, value.negative, number, notation::scientific, scientific_places);
  if (fixed_places > 0) return write_decimal(out, spec, value.negative, number, notation::fixed, fixed_places);
  write_rounded(out, spec, value, 'f', 0);
}

void write_not_finite(sink out, const format_spec& spec, const binary& value) {
  const bool nan = value.what == binary::kind::nan;
  const std::string_view name = upper_case(spec) ? (nan ? "NAN" : "INF") : (nan ? "nan" : "inf");
  format_spec with_spaces = spec;
  with_spaces.zero = false;
  write_aligned(out, with_spaces, '>', sign_text(spec, value.negative), [=](sink to) { to.write(name); });
}

void write_floating(sink out, const format_spec& spec, const binary& value) {
  if (value.what != binary::kind::finite) return write_not_finite(out, spec, value);
  if (spec.type == '\0' && spec.precision < 0) return write_shortest(out, spec, value);
  const char type = spec.type == '\0' ? 'g' : static_cast<char>(spec.type | 0x20);  // in lower case
  write_rounded(out, spec, value, type, spec.precision < 0 ? 6 : spec.precision);
}

}  // namespace

void write_float(sink out, const format_spec& spec, std::uint64_t bits) {
  write_floating(out, spec, take_apart(bits, 23, 8));
}

void write_double(sink out, const format_spec& spec, std::uint64_t bits) {
  write_floating(out, spec, take_apart(bits, 52, 11));
}

}  // namespace bobbin
