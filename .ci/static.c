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

// Swift's runtime looks for its program of crash reports beside the executable, whose path it asks /proc for, and aborts
// where there is none. This constructor runs before the runtime's own, and says where that program is not.
__attribute__((constructor(101))) static void start_without_proc(void) {
  if (access("/proc/self/exe", F_OK) != 0) setenv("SWIFT_BACKTRACE", "enable=no,swift-backtrace=/", 1);
}
