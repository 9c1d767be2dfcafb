// says: begin
#include "bobbin.hpp"
using namespace bobbin;

static stack<4_KiB> memory;

int main() {
#ifdef MISTAKE
  generator<int, int> body{memory, [](auto& yield) { yield(0); }};
#else
  generator<int> body{memory, [](auto& yield) { yield(0); }};
#endif
  for (const int value : body) return value;
  return 1;
}
