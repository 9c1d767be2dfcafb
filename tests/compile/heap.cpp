// says: _Znwm|operator new
#include "bobbin.hpp"

#ifdef MISTAKE
static int* make() { return new int{0}; }
#else
static int* make() {
  static int value = 0;
  return &value;
}
#endif

int main() {
  int* value = make();
  asm volatile("" : "+r"(value) : : "memory");
  return *value;
}
