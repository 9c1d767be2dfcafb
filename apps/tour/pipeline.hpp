/// The pipeline of tasks that handles what is typed at the prompt.
#pragma once

#include <string_view>

namespace tour {

/// Has three tasks handle `line`: one counts its words, one echoes them, one ticks meanwhile. Returns when all is said.
void run_pipeline(std::string_view line);

}  // namespace tour
