// SQLite as it is: Swift reaches all of it that is needed.

#ifndef KLTOP_SQLITE_SHIM_H
#define KLTOP_SQLITE_SHIM_H

#include <sqlite3.h>

#endif
