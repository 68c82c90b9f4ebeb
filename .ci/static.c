// Linked into the static program alone, by `.ci/wheel`: what CStaticBuild looks for, and a start without /proc.

#include <stdlib.h>
#include <unistd.h>

const char kltop_commit[] = KLTOP_COMMIT;

// The characters of the C library's own UTF-8 locale, which belong to the very version that is linked.
__asm__(".section .rodata\n"
        ".balign 16\n"
        ".global kltop_characters\n"
        "kltop_characters:\n"
        ".incbin \"" KLTOP_CHARACTERS "\"\n"
        ".global kltop_characters_end\n"
        "kltop_characters_end:\n"
        ".previous\n");

// Swift's runtime, where its programs get another list of arguments.
void _swift_stdlib_overrideUnsafeArgvArgc(char **arguments, int count);

// Swift's runtime reads the arguments from /proc, and asks there for its own path, beside which its program of crash
// reports may be; without a path it aborts. This runs before the runtime's constructors, and tells it what it cannot read.
__attribute__((constructor(101))) static void start_without_proc(int count, char **arguments) {
  if (access("/proc/self/cmdline", R_OK) == 0 && access("/proc/self/exe", F_OK) == 0) return;
  setenv("SWIFT_BACKTRACE", "enable=no,swift-backtrace=/", 1);
  _swift_stdlib_overrideUnsafeArgvArgc(arguments, count);
}
