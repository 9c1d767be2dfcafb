// says: deleted
#include "bobbin.hpp"
#include <utility>
using namespace bobbin;

static stack<4_KiB> memory;

int main() {
  generator<int> one{memory, [](auto& yield) { yield(0); }};
#ifdef MISTAKE
  generator<int> two = one;
#else
  generator<int> two = std::move(one);
#endif
  return *two.resume();
}
