// says: cannot run any function
#include "bobbin.hpp"
using namespace bobbin;

#ifdef MISTAKE
static stack<64> memory;
#else
static stack<1_KiB> memory;
#endif
static constinit task worker{"worker"};

int main() {
  stack_view view = memory;
  return worker.start(view, [] {}) == start_status::ok ? worker.join().status() : 1;
}
