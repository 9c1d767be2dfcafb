// says: resume
#include "bobbin.hpp"
using namespace bobbin;

static stack<4_KiB> memory;

int main() {
  generator<int, int> body{memory, [](auto& yield) { yield(yield.input()); }};
#ifdef MISTAKE
  return *body.resume("zero");
#else
  return *body.resume(0);
#endif
}
