// says: a stack is in .data
#include "bobbin.hpp"
using namespace bobbin;

struct worker {
  stack<8_KiB> memory;
  int status;
};
#ifdef MISTAKE
static constinit worker fused{{}, 5};
#else
static constinit worker fused{{}, 0};
#endif

int main() {
  task runner{"runner"};
  runner.start(fused.memory, [] { fused.status = 0; });
  return runner.join().status();
}
