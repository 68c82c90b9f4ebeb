// zlib, and the part of it that Swift cannot reach.

#ifndef KLTOP_ZLIB_SHIM_H
#define KLTOP_ZLIB_SHIM_H

#include <zlib.h>

// `inflateInit2` is a macro that passes the size of its stream, which is not imported; 16 asks for gzip, 15 is its window.
static inline int kltop_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 16 + 15); }

#endif
