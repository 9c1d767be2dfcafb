// says: does not fit on this stack
#include "bobbin.hpp"
#include <array>
using namespace bobbin;

#ifdef MISTAKE
constexpr std::size_t bytes = 4_KiB;
#else
constexpr std::size_t bytes = 256;
#endif
static stack<4_KiB> memory;

int main() {
  std::array<char, bytes> captured{};
  generator<int> body{memory, [captured](auto& yield) { yield(captured[0]); }};
  return *body.resume();
}
