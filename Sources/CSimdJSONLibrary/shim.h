// simdjson is C++: its header is for CSimdJSON's own sources. To Swift this module is only the name of what to link.
#pragma once
#ifdef __cplusplus
#include <simdjson.h>
#endif
