// says: generator_body
#include "bobbin.hpp"
using namespace bobbin;

static stack<4_KiB> memory;

int main() {
#ifdef MISTAKE
  generator<int> body{memory, [] {}};
#else
  generator<int> body{memory, [](auto&) {}};
#endif
  return body.resume().has_value();
}
