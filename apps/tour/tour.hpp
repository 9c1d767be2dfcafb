/// The programs of the tour, in the order of the tour.
#pragma once

namespace tour {

void green_threads();
void generators();
void marco_polo();
void ping_pong();

/// Reads and obeys lines until `exit CODE` or the end of the input. Returns the exit status of the machine.
int prompt();

}  // namespace tour
