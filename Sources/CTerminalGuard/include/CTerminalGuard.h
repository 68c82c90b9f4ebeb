// Giving the terminal back whatever happens, in code that is safe inside signal handlers.
//
// There is one guard for the process, used from one thread; only its signal handlers run elsewhere.

#ifndef KLTOP_TERMINAL_GUARD_H
#define KLTOP_TERMINAL_GUARD_H

#include <stdbool.h>
#include <stddef.h>

// What happened since the last look, as bits.
enum {
  TERMINAL_GUARD_INTERRUPT = 1,
  TERMINAL_GUARD_TERMINATE = 2,
  TERMINAL_GUARD_HANGUP = 4,
  TERMINAL_GUARD_STOP = 8,
  TERMINAL_GUARD_CONTINUE = 16,
  TERMINAL_GUARD_RESIZE = 32,
};

// Begins to catch signals and remembers the modes of the terminal behind `output`.
//
// SIGINT, SIGTERM, SIGQUIT (as SIGTERM), SIGHUP, SIGTSTP, SIGCONT and SIGWINCH are noted; a second signal to end, while the first was not
// looked at, ends the process. Those that end or stop stay ignored where they were. Returns 0, or an errno value with nothing
// changed (EBUSY if the guard is in use).
//
// Every other signal that ends a process gives the screen back and then does what it did before, if that is to end the
// process; a handler that somebody installed for SIGPROF and its like, and signals that are ignored, stay as they are.
int terminal_guard_start(int output);

// From here on the screen counts as taken: after a crash or `exit` the guard writes `restore`, sets the modes back and
// replays what was written to standard error. Text to standard error is kept while the screen is taken, if it would go
// to a terminal. `restore` is copied; at most 1024 bytes.
void terminal_guard_take_screen(const char *restore, size_t length);

// The screen was given back in an orderly way: standard error is itself again, and what was kept is written to it.
void terminal_guard_give_back_screen(void);

// Stops the process as SIGTSTP does by default, and returns when it continues: true after SIGCONT, false where the
// process cannot be stopped because no shell would let it go on.
bool terminal_guard_stop_process(void);

// Stops catching signals; what was done with them before is done again.
void terminal_guard_end(void);

// Takes back the handlers that Swift's runtime installs for faults, which ask questions at the prompt, unless the
// environment asks for them (SWIFT_BACKTRACE). Before the guard starts.
void terminal_guard_drop_backtracer(void);

// A descriptor that is readable when something happened.
int terminal_guard_descriptor(void);

// What happened since the last call; the descriptor is not readable any more.
unsigned terminal_guard_take_events(void);

#endif
