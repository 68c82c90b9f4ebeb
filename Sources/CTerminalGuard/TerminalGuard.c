#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "CTerminalGuard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

// What a fault of the program raises.
static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGTRAP, SIGFPE, SIGSYS};
enum { FAULT_COUNT = sizeof fault_signals / sizeof fault_signals[0] };

// What does not end a process where nothing is installed for it, or cannot be caught.
static const int harmless_signals[] = {SIGCHLD, SIGURG, SIGTTIN, SIGTTOU, SIGKILL, SIGSTOP};
enum { HARMLESS_COUNT = sizeof harmless_signals / sizeof harmless_signals[0] };

static const struct {
  int number;
  unsigned event;
} noted_signals[] = {
    {SIGINT, TERMINAL_GUARD_INTERRUPT}, {SIGTERM, TERMINAL_GUARD_TERMINATE},
    {SIGHUP, TERMINAL_GUARD_HANGUP},    {SIGQUIT, TERMINAL_GUARD_TERMINATE},
    {SIGTSTP, TERMINAL_GUARD_STOP},     {SIGCONT, TERMINAL_GUARD_CONTINUE},
    {SIGWINCH, TERMINAL_GUARD_RESIZE},
};
enum { NOTED_COUNT = sizeof noted_signals / sizeof noted_signals[0] };
enum { END_EVENTS = TERMINAL_GUARD_INTERRUPT | TERMINAL_GUARD_TERMINATE | TERMINAL_GUARD_HANGUP };
// `nohup`, and shells without job control, ignore these on behalf of a program.
enum { MAY_BE_IGNORED = END_EVENTS | TERMINAL_GUARD_STOP };

static bool started;
static int output_descriptor = -1;
static int null_descriptor = -1;
static int wake_pipe[2] = {-1, -1};
static bool has_modes;
static struct termios modes;
static char restore_text[1024];
static size_t restore_length;
static struct sigaction old_fatal_actions[NSIG];
static bool is_caught_as_fatal[NSIG];
static struct sigaction old_noted_actions[NOTED_COUNT];
// For a crash by stack overflow, which leaves no room for a handler.
static char handler_stack[64 * 1024];

static atomic_uint events;
// Whoever changes it from true to false gives the screen back.
static atomic_bool screen_is_taken;
static int real_errors = -1;
static int kept_errors = -1;

// Writes all of it; a terminal that is gone ends the attempt.
static void write_all(int descriptor, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(descriptor, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    length -= (size_t)written;
  }
}

// Standard error is itself again and gets what was kept. Safe in a signal handler.
static void replay_errors(void) {
  if (kept_errors < 0) return;
  dup2(real_errors, STDERR_FILENO);
  char buffer[4096];
  ssize_t length;
  if (lseek(kept_errors, 0, SEEK_SET) == 0) {
    while ((length = read(kept_errors, buffer, sizeof buffer)) > 0) {
      write_all(STDERR_FILENO, buffer, (size_t)length);
    }
  }
  close(real_errors);
  close(kept_errors);
  real_errors = kept_errors = -1;
}

// Gives the screen back without ncurses. Safe in a signal handler.
static void give_back_after_crash(void) {
  if (!atomic_exchange(&screen_is_taken, false)) return;
  // A process in the background would be stopped for changing the terminal's modes.
  sigset_t background;
  sigemptyset(&background);
  sigaddset(&background, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &background, NULL);
  write_all(output_descriptor, restore_text, restore_length);
  if (has_modes) tcsetattr(output_descriptor, TCSANOW, &modes);
  // Another thread may be drawing still.
  if (null_descriptor >= 0) dup2(null_descriptor, output_descriptor);
  replay_errors();
}

static void handle_fatal(int number, siginfo_t *info, void *context) {
  (void)context;
  int saved_errno = errno;
  give_back_after_crash();
  sigaction(number, &old_fatal_actions[number], NULL);
  errno = saved_errno;
  // A fault happens again on return, in the right place for a backtrace and a core file; anything else is sent again.
  bool is_fault = number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE;
  if (!is_fault || info->si_code <= 0) raise(number);
}

static void wake(void) {
  char byte = 0;
  // A full pipe wakes as well.
  if (write(wake_pipe[1], &byte, 1) < 0) return;
}

static void handle_noted(int number) {
  int saved_errno = errno;
  unsigned event = 0;
  struct sigaction old_action;
  memset(&old_action, 0, sizeof old_action);
  for (int i = 0; i < NOTED_COUNT; i++) {
    if (noted_signals[i].number == number) event = noted_signals[i].event;
  }
  unsigned before = atomic_fetch_or(&events, event);
  if (event & END_EVENTS & before) {
    give_back_after_crash();
    old_action.sa_handler = SIG_DFL;
    sigaction(number, &old_action, NULL);
    raise(number);
  }
  wake();
  errno = saved_errno;
}

static bool is_in(const int *signals, int count, int number) {
  for (int i = 0; i < count; i++) {
    if (signals[i] == number) return true;
  }
  return false;
}

// Whether a signal would end the process as things stand.
static bool is_fatal(int number, const struct sigaction *action) {
  if (action->sa_handler == SIG_IGN || is_in(harmless_signals, HARMLESS_COUNT, number)) return false;
  for (int i = 0; i < NOTED_COUNT; i++) {
    if (noted_signals[i].number == number) return false;
  }
  return action->sa_handler == SIG_DFL || is_in(fault_signals, FAULT_COUNT, number);
}

// All numbers: names and meanings differ between systems, and the real-time signals have none.
static void install_fatal_handlers(void) {
  stack_t current;
  if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE)) {
    stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    sigaltstack(&stack, NULL);
  }
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = handle_fatal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  for (int number = 1; number < NSIG; number++) {
    struct sigaction *old = &old_fatal_actions[number];
    is_caught_as_fatal[number] = sigaction(number, NULL, old) == 0 && is_fatal(number, old) &&
                                 sigaction(number, &action, NULL) == 0;
  }
}

static void install_noted_handlers(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle_noted;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  for (int i = 0; i < NOTED_COUNT; i++) {
    struct sigaction *old = &old_noted_actions[i];
    sigaction(noted_signals[i].number, NULL, old);
    bool stays_ignored = old->sa_handler == SIG_IGN && (noted_signals[i].event & MAY_BE_IGNORED);
    if (!stays_ignored) sigaction(noted_signals[i].number, &action, NULL);
  }
}

static bool open_wake_pipe(void) {
  if (pipe(wake_pipe) != 0) return false;
  for (int i = 0; i < 2; i++) {
    fcntl(wake_pipe[i], F_SETFL, O_NONBLOCK);
    fcntl(wake_pipe[i], F_SETFD, FD_CLOEXEC);
  }
  return true;
}

static void close_descriptor(int *descriptor) {
  if (*descriptor >= 0) close(*descriptor);
  *descriptor = -1;
}

int terminal_guard_start(int output) {
  static bool is_registered;
  if (started) return EBUSY;
  if (!open_wake_pipe()) return errno;
  if (!is_registered && atexit(give_back_after_crash) == 0) is_registered = true;
  null_descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC);
  output_descriptor = output;
  has_modes = tcgetattr(output, &modes) == 0;
  atomic_store(&events, 0);
  install_fatal_handlers();
  install_noted_handlers();
  started = true;
  return 0;
}

// A file without a name that only this process sees.
static int open_kept_errors(void) {
#if defined(__linux__)
  return memfd_create("kltop-stderr", MFD_CLOEXEC);
#else
  char name[] = "/tmp/kltop-stderr-XXXXXX";
  int descriptor = mkstemp(name);
  if (descriptor >= 0) unlink(name);
  return descriptor;
#endif
}

static void keep_errors(void) {
  if (kept_errors >= 0 || !isatty(STDERR_FILENO)) return;
  int kept = open_kept_errors();
  int real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (kept < 0 || real < 0 || dup2(kept, STDERR_FILENO) < 0) {
    close_descriptor(&kept);
    close_descriptor(&real);
    return;
  }
  real_errors = real;
  kept_errors = kept;
}

void terminal_guard_take_screen(const char *restore, size_t length) {
  restore_length = length < sizeof restore_text ? length : sizeof restore_text;
  memcpy(restore_text, restore, restore_length);
  keep_errors();
  atomic_store(&screen_is_taken, true);
}

void terminal_guard_give_back_screen(void) {
  if (atomic_exchange(&screen_is_taken, false)) replay_errors();
}

bool terminal_guard_stop_process(void) {
  struct sigaction by_default;
  struct sigaction ours;
  memset(&by_default, 0, sizeof by_default);
  by_default.sa_handler = SIG_DFL;
  sigemptyset(&by_default.sa_mask);
  sigaction(SIGTSTP, &by_default, &ours);
  raise(SIGTSTP);
  sigaction(SIGTSTP, &ours, NULL);
  // They may have been changed meanwhile.
  has_modes = tcgetattr(output_descriptor, &modes) == 0;
  unsigned stop_events = TERMINAL_GUARD_STOP | TERMINAL_GUARD_CONTINUE;
  return atomic_fetch_and(&events, ~stop_events) & TERMINAL_GUARD_CONTINUE;
}

void terminal_guard_end(void) {
  if (!started) return;
  terminal_guard_give_back_screen();
  for (int i = 0; i < NOTED_COUNT; i++) sigaction(noted_signals[i].number, &old_noted_actions[i], NULL);
  for (int number = 1; number < NSIG; number++) {
    if (is_caught_as_fatal[number]) sigaction(number, &old_fatal_actions[number], NULL);
  }
  close_descriptor(&wake_pipe[0]);
  close_descriptor(&wake_pipe[1]);
  close_descriptor(&null_descriptor);
  output_descriptor = -1;
  started = false;
}

int terminal_guard_descriptor(void) { return wake_pipe[0]; }

unsigned terminal_guard_take_events(void) {
  char bytes[64];
  while (read(wake_pipe[0], bytes, sizeof bytes) > 0) continue;
  return atomic_exchange(&events, 0);
}

void terminal_guard_drop_backtracer(void) {
  if (getenv("SWIFT_BACKTRACE")) return;
  for (int i = 0; i < FAULT_COUNT; i++) {
    struct sigaction action;
    bool is_handled = sigaction(fault_signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    if (is_handled) sigaction(fault_signals[i], &action, NULL);
  }
}
