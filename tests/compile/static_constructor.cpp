// says: declare it constinit
#include "bobbin.hpp"
using namespace bobbin;

#ifdef MISTAKE
static volatile int seed = 5;
static int table[4] = {seed, seed + 1, seed + 2, seed + 3};
#else
static constinit int table[4] = {5, 6, 7, 8};
#endif

int main() {
  asm volatile("" : : "r"(table) : "memory");
  return table[0] - 5;
}
