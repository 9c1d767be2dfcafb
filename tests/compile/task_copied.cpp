// says: deleted
#include "bobbin.hpp"
using namespace bobbin;

static constinit task worker{"worker"};

int main() {
#ifdef MISTAKE
  task other = worker;
#else
  task& other = worker;
#endif
  return other.joinable();
}
