/// A flat C interface over simdjson's on-demand parser: one line of JSON in, a flat list of what it says out.
///
/// Numbers of ordinary keys come as two parallel columns, everything else as items. Keys are nodes of a tree that a
/// decoder grows as it meets them: node 0 is the line itself, a nested key is a child of the key it is nested in.
/// Nothing here throws, and nothing is allocated per number.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why a line is no record.
typedef enum csj_verdict {
  csj_verdict_object = 0,
  /// JSON, but an array or a single value.
  csj_verdict_not_an_object,
  /// Starts like no JSON value at all.
  csj_verdict_not_json,
  /// An object without its end, or one with something behind it.
  csj_verdict_incomplete,
  csj_verdict_malformed,
  csj_verdict_malformed_number,
  csj_verdict_malformed_string,
  csj_verdict_invalid_utf8,
  csj_verdict_too_deep,
  csj_verdict_too_many_keys,
  csj_verdict_too_long,
  csj_verdict_out_of_memory,
} csj_verdict;

typedef enum csj_kind {
  csj_kind_null = 0,
  csj_kind_number,
  csj_kind_boolean,
  csj_kind_text,
  /// `count` numbers from `first` in the line's `array_numbers`; of a key that is not special 16 at most.
  csj_kind_number_array,
  /// `count` texts from `first` in the line's `array_texts`.
  csj_kind_text_array,
  /// An array whose rows differ in length.
  csj_kind_ragged_array,
  /// An array of other things than numbers, or of other things than texts; of a key that is not special also one of
  /// more than 16 numbers.
  csj_kind_mixed_array,
  /// An array of more than three dimensions.
  csj_kind_deep_array,
} csj_kind;

/// Bytes inside the line or inside the decoder, valid until its next call; UTF-8.
typedef struct csj_text {
  const uint8_t *bytes;
  size_t length;
} csj_text;

/// A value of a key that is special, or that is no number.
typedef struct csj_item {
  uint32_t node;
  /// A `csj_kind`.
  uint8_t kind;
  /// Dimensions of an array, 1…3.
  uint8_t rank;
  /// An array of numbers in which some elements are booleans (given as 0 and 1).
  bool has_booleans;
  /// An array of numbers in which some elements are null (given as NaN).
  bool has_nulls;
  /// The number, or 0 or 1 for a boolean.
  double number;
  /// The text, unescaped; for a number as it was written, with the white space behind it.
  csj_text text;
  size_t extents[3];
  size_t first;
  size_t count;
} csj_item;

/// What one line said, in its order; of several numbers of one ordinary key the last. Valid until the decoder's next call.
typedef struct csj_line {
  const uint32_t *number_nodes;
  const double *numbers;
  size_t number_count;
  const csj_item *items;
  size_t item_count;
  const double *array_numbers;
  const csj_text *array_texts;
} csj_line;

typedef struct csj_decoder csj_decoder;

/// Bytes after a line that must be readable.
size_t csj_padding(void);

/// `NULL` only where there is no memory.
csj_decoder *csj_create(void);
void csj_destroy(csj_decoder *decoder);

/// Adds a special key below `parent` before the first line and returns its node (0 where there is no memory).
///
/// All values of a special key become items, null included; with `captures_arrays` arrays of any length too.
uint32_t csj_add_special(csj_decoder *decoder, uint32_t parent, const char *name, bool captures_arrays);

/// The node of an ordinary key below `parent` that no line has as it is written: the caller asks once for each.
/// 0 where there are too many keys.
uint32_t csj_add_key(csj_decoder *decoder, uint32_t parent, const uint8_t *name, size_t length);

/// Makes a node special from the next line on.
void csj_make_special(csj_decoder *decoder, uint32_t node);

/// Number of nodes so far; they are never removed.
uint32_t csj_node_count(const csj_decoder *decoder);
uint32_t csj_node_parent(const csj_decoder *decoder, uint32_t node);
/// The key itself, unescaped, without its parents.
csj_text csj_node_name(const csj_decoder *decoder, uint32_t node);

/// Decodes one line without its newline; `csj_padding()` bytes after it must be readable and the first of them must
/// not be JSON (a newline will do). `*line` is set where the verdict is `csj_verdict_object`.
csj_verdict csj_decode(csj_decoder *decoder, const uint8_t *bytes, size_t length, const csj_line **line);

/// True where all of the bytes are a number as JSON writes it, of at most 19 digits that matter; false for all else, which
/// may be a number too.
bool csj_plain_number(const uint8_t *bytes, size_t length, double *number);

/// The first key of the line that was decoded last, escaped as it was written and with both quotes; empty for `{}`.
csj_text csj_first_key(const csj_decoder *decoder);

#ifdef __cplusplus
}
#endif
