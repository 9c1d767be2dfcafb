// says: multiple of 16
#include "bobbin.hpp"
using namespace bobbin;

#ifdef MISTAKE
static stack<4_KiB + 8> memory;
#else
static stack<4_KiB + 16> memory;
#endif
static constinit task worker{"worker"};

int main() {
  worker.start(memory, [] {});
  return worker.join().status();
}
