// says: malloc
#include "bobbin.hpp"

#ifdef MISTAKE
#define NAME malloc
#else
#define NAME my_malloc
#endif
extern "C" void* NAME(std::size_t) { return nullptr; }

int main() {
  void* (*volatile allocate)(std::size_t) = NAME;
  return allocate(4) != nullptr;
}
