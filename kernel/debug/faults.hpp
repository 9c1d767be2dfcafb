/// How faults are answered.
#pragma once

namespace bobbin {

/// Set from the boot argument `panic=first`: the first fault of any task ends the run.
extern constinit bool panic_at_first_fault;

}  // namespace bobbin
