#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "CMappedFile.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// Mappings at the same time: the rows of every evaluation of every rank stay mapped while a run is shown.
enum { SLOT_COUNT = 16384 };

typedef struct {
  // 0 while the slot is free.
  atomic_uintptr_t start;
  atomic_uintptr_t end;
  atomic_bool has_lost_pages;
} Slot;

static Slot slots[SLOT_COUNT];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t page_size;
static struct sigaction earlier_action;
static atomic_bool was_passed_on;

static Slot *slot_of(uintptr_t address) {
  for (int i = 0; i < SLOT_COUNT; i++) {
    if (address >= atomic_load(&slots[i].start) && address < atomic_load(&slots[i].end)) return &slots[i];
  }
  return NULL;
}

// Lets the fault have the effect it would have had without this file.
static void pass_on(int number, siginfo_t *info, void *context) {
  // Whoever caught it before may put this handler back, which must not go round in circles.
  const bool is_first = !atomic_exchange(&was_passed_on, true);
  if (is_first && (earlier_action.sa_flags & SA_SIGINFO)) {
    earlier_action.sa_sigaction(number, info, context);
    return;
  }
  if (is_first && earlier_action.sa_handler != SIG_DFL && earlier_action.sa_handler != SIG_IGN) {
    earlier_action.sa_handler(number);
    return;
  }
  signal(number, SIG_DFL);
  // A fault happens again on return; a signal that somebody sent is sent again.
  if (info->si_code <= 0) raise(number);
}

static void handle_bus_error(int number, siginfo_t *info, void *context) {
  const int saved_errno = errno;
  const uintptr_t address = (uintptr_t)info->si_addr;
  Slot *slot = info->si_code > 0 ? slot_of(address) : NULL;
  bool is_mended = false;
  if (slot) {
    // What comes behind is lost as well.
    const uintptr_t page = address & ~(page_size - 1);
    atomic_store(&slot->has_lost_pages, true);
    is_mended = mmap((void *)page, atomic_load(&slot->end) - page, PROT_READ,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
  }
  errno = saved_errno;
  if (!is_mended) pass_on(number, info, context);
}

// Others may have begun to catch the signal since the last time.
static void catch_bus_errors(void) {
  struct sigaction current;
  page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  sigaction(SIGBUS, NULL, &current);
  if ((current.sa_flags & SA_SIGINFO) && current.sa_sigaction == handle_bus_error) return;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = handle_bus_error;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  earlier_action = current;
  sigaction(SIGBUS, &action, NULL);
}

static int map_into_free_slot(int descriptor, size_t length, CMFMapping *mapping) {
  for (int i = 0; i < SLOT_COUNT; i++) {
    if (atomic_load(&slots[i].start) != 0) continue;
    void *bytes = mmap(NULL, length, PROT_READ, MAP_SHARED, descriptor, 0);
    if (bytes == MAP_FAILED) return errno;
    atomic_store(&slots[i].has_lost_pages, false);
    const uintptr_t pages = (length + page_size - 1) / page_size;
    // In this order a handler that runs meanwhile sees an empty range or the right one.
    atomic_store(&slots[i].start, (uintptr_t)bytes);
    atomic_store(&slots[i].end, (uintptr_t)bytes + pages * page_size);
    *mapping = (CMFMapping){bytes, length, i};
    return 0;
  }
  return EMFILE;
}

int cmf_map(int descriptor, size_t length, CMFMapping *mapping) {
  *mapping = (CMFMapping){NULL, 0, -1};
  if (length == 0) return 0;
  pthread_mutex_lock(&lock);
  catch_bus_errors();
  const int problem = map_into_free_slot(descriptor, length, mapping);
  pthread_mutex_unlock(&lock);
  return problem;
}

bool cmf_has_lost_pages(const CMFMapping *mapping) {
  return mapping->slot >= 0 && atomic_load(&slots[mapping->slot].has_lost_pages);
}

void cmf_unmap(CMFMapping *mapping) {
  if (mapping->slot < 0) return;
  pthread_mutex_lock(&lock);
  atomic_store(&slots[mapping->slot].end, 0);
  munmap((void *)mapping->bytes, mapping->length);
  atomic_store(&slots[mapping->slot].start, 0);
  pthread_mutex_unlock(&lock);
  *mapping = (CMFMapping){NULL, 0, -1};
}
