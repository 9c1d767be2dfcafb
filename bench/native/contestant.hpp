/// What is measured natively: the same few operations, by everyone who can do them. Depends on nothing, so that Bobbin's
/// are compiled as an app is, and the others' as any program.
#pragma once

namespace native {

/// The operations. All of a name do the same work.
namespace row {
inline constexpr const char* call = "indirect call and return";
inline constexpr const char* item = "item";
inline constexpr const char* six_values = "item, six values alive beside it";
inline constexpr const char* deep = "item, four calls deep";
inline constexpr const char* walk = "item, walking a tree";
inline constexpr const char* views = "item, in a std::views pipeline";
inline constexpr const char* life = "create + item + drop";
inline constexpr const char* turn = "turn among 8 tasks";
inline constexpr const char* turn_out_of_line = "turn among 8 tasks, out of line";
inline constexpr const char* whole_task = "start + run + join";
}  // namespace row

/// One who does one of them. Static objects of this type put themselves on the list that main goes through.
class contestant {
 public:
  using function = void (*)();

  const char* const row;
  const char* const name;
  void (*const run)(unsigned rounds);  ///< does it so many times, a multiple of 8
  const function begin, end;           ///< before and after; not measured
  contestant* next = nullptr;

  static inline constinit contestant* first = nullptr;

  contestant(const char* row, const char* name, void (*run)(unsigned), function begin = nothing,
             function end = nothing) noexcept
      : row{row}, name{name}, run{run}, begin{begin}, end{end} {
    *last_ = this;
    last_ = &next;
  }
  contestant(const contestant&) = delete;
  contestant& operator=(const contestant&) = delete;

 private:
  static void nothing() noexcept {}
  static inline constinit contestant** last_ = &first;
};

[[gnu::always_inline]] inline void barrier() noexcept { asm volatile("" : : : "memory"); }

/// The value is needed, the compiler must not ask what for.
template <class Value>
[[gnu::always_inline]] inline void use(const Value& value) noexcept {
  asm volatile("" : : "r"(value) : "memory");
}

/// Six values that a loop has in registers, and changes, each time round.
struct six_values {
  unsigned a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
  [[gnu::always_inline]] void change() noexcept { asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f)); }
};

inline constexpr unsigned tree_nodes = 31, tree_root = 1;

/// Walks through a binary tree in order and hands each node to `visit`, until that returns false. Node n has the children
/// 2n and 2n + 1.
template <class Visit>
[[gnu::noinline]] bool walk(unsigned node, Visit& visit) {
  return node > tree_nodes || (walk(2 * node, visit) && visit(node) && walk(2 * node + 1, visit));
}

/// Calls `bottom(argument)` from four functions deep, each with a frame of its own.
template <int depth = 4, class Bottom, class Argument>
[[gnu::noinline]] void call_deep(Bottom bottom, Argument& argument) {
  if constexpr (depth == 1)
    bottom(argument);
  else
    call_deep<depth - 1>(bottom, argument);
  barrier();  // not a tail call
}

}  // namespace native
