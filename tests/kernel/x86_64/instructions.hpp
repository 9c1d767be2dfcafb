#include "../../../apps/faults/x86_64/instructions.hpp"
