#include "../../../apps/faults/riscv64/instructions.hpp"
