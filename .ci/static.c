// Linked into the static program alone, by `.ci/wheel`: what CStaticBuild looks for, a start without /proc, and what
// SQLite does without.

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

const char kltop_commit[] = KLTOP_COMMIT;

// The characters of the C library's own UTF-8 locale, which belong to the very version that is linked, as zlib packs them.
__asm__(".section .rodata\n"
        "packed_characters:\n"
        ".incbin \"" KLTOP_PACKED_CHARACTERS "\"\n"
        "packed_characters_end:\n"
        ".previous\n");
extern const unsigned char packed_characters[], packed_characters_end[];

// Unpacks them into memory that stays: only a machine without any UTF-8 locale needs them, and once.
const void *kltop_characters(size_t *count) {
  uLongf size = KLTOP_CHARACTERS_SIZE;
  unsigned char *characters = malloc(size);
  uLong packed_size = packed_characters_end - packed_characters;
  *count = 0;
  if (!characters || uncompress(characters, &size, packed_characters, packed_size) != Z_OK) return NULL;
  *count = size;
  return characters;
}

// Extensions that SQLite opens every database with and that no run needs: with these in their place the linker leaves
// full-text search, R-trees and statistics (half a megabyte) in Debian's library.
int sqlite3Fts3Init(void *database) { return 0; }
int sqlite3Fts5Init(void *database) { return 0; }
int sqlite3RtreeInit(void *database) { return 0; }
int sqlite3StmtVtabInit(void *database) { return 0; }
int sqlite3DbstatRegister(void *database) { return 0; }

// Swift's runtime, where its programs get another list of arguments.
void _swift_stdlib_overrideUnsafeArgvArgc(char **arguments, int count);

// Swift's runtime reads the arguments from /proc, and asks there for its own path, beside which its program of crash
// reports may be; without a path it aborts. This runs before the runtime's constructors, and tells it what it cannot read.
__attribute__((constructor(101))) static void start_without_proc(int count, char **arguments) {
  if (access("/proc/self/cmdline", R_OK) == 0 && access("/proc/self/exe", F_OK) == 0) return;
  setenv("SWIFT_BACKTRACE", "enable=no,swift-backtrace=/", 1);
  _swift_stdlib_overrideUnsafeArgvArgc(arguments, count);
}
