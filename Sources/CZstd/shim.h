// zstd as it is: Swift reaches all of it that is needed.

#ifndef KLTOP_ZSTD_SHIM_H
#define KLTOP_ZSTD_SHIM_H

#include <zstd.h>

#endif
