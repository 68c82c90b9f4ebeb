// ncurses with wide characters, and the parts of it that Swift cannot reach.
//
// Functions only: a header of a system library has nowhere to keep storage.

#ifndef KLTOP_NCURSES_SHIM_H
#define KLTOP_NCURSES_SHIM_H

#define NCURSES_WIDECHAR 1

#if defined(__APPLE__)
#include <curses.h>
#else
#include <ncursesw/curses.h>
#endif

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

// Swift sees `stdscr` as a global variable that anything may change, which it refuses.
static inline void kltop_prepare_input(void) {
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  intrflush(stdscr, FALSE);
}

// `getmaxyx` is a macro that assigns to its arguments.
static inline void kltop_screen_size(int *rows, int *columns) { getmaxyx(stdscr, *rows, *columns); }

// `stdscr` again.
static inline void kltop_refresh(void) { wrefresh(stdscr); }

// `stdscr` again: the next refresh clears the terminal and writes every cell.
static inline void kltop_repaint_on_refresh(void) { clearok(stdscr, TRUE); }

// `COLORS` is a global variable that anything may change.
static inline int kltop_color_count(void) { return COLORS; }

// `COLOR_PAIRS` is a global variable that anything may change.
static inline int kltop_color_pair_count(void) { return COLOR_PAIRS; }

// `A_BOLD` and its kind are macros with casts, which are not imported.
static inline attr_t kltop_attributes(bool bold, bool dim, bool underlined, bool reversed) {
  return (bold ? A_BOLD : 0) | (dim ? A_DIM : 0) | (underlined ? A_UNDERLINE : 0) |
         (reversed ? A_REVERSE : 0);
}

// `cchar_t` differs between builds of ncurses and `mvadd_wch` is a macro with `stdscr` in it; ERR for the last cell of
// the screen says that the cursor has nowhere to go, not that nothing was drawn.
// A mark that the C library does not know is left out.
static inline void kltop_put(int y, int x, wchar_t lead, wchar_t first_mark, wchar_t second_mark,
                             attr_t attributes, short pair) {
  wchar_t text[4] = {lead, first_mark, second_mark, 0};
  cchar_t cell;
  if (setcchar(&cell, text, attributes, pair, NULL) != OK) {
    text[1] = 0;
    if (setcchar(&cell, text, attributes, pair, NULL) != OK) return;
  }
  mvwadd_wch(stdscr, y, x, &cell);
}

// As `kltop_put`, the other way: text needs room for CCHARW_MAX scalars and a zero.
static inline bool kltop_cell(int y, int x, wchar_t *text, attr_t *attributes, short *pair) {
  cchar_t cell;
  return mvwin_wch(stdscr, y, x, &cell) == OK && getcchar(&cell, text, attributes, pair, NULL) == OK;
}

// The room that `kltop_cell` needs; `CCHARW_MAX` is defined only where wide characters are.
static inline int kltop_cell_scalars(void) { return CCHARW_MAX + 1; }

// `wcwidth` is declared for X/Open programs only, and Swift's modules are not compiled as such.
static inline int kltop_width(wchar_t scalar) {
  extern int wcwidth(wchar_t);
  return wcwidth(scalar);
}

// The masks of buttons are macros that call macros.
static inline mmask_t kltop_mouse_buttons(void) {
  mmask_t mask = BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON2_PRESSED | BUTTON2_RELEASED |
                 BUTTON3_PRESSED | BUTTON3_RELEASED | BUTTON4_PRESSED;
#ifdef BUTTON5_PRESSED
  mask |= BUTTON5_PRESSED;
#endif
  return mask;
}

// The masks of buttons again: the lowest button pressed, 4 and 5 for the wheel, or 0.
static inline int kltop_button_pressed(mmask_t state) {
  if (state & BUTTON1_PRESSED) return 1;
  if (state & BUTTON2_PRESSED) return 2;
  if (state & BUTTON3_PRESSED) return 3;
  if (state & BUTTON4_PRESSED) return 4;
#ifdef BUTTON5_PRESSED
  if (state & BUTTON5_PRESSED) return 5;
#endif
  return 0;
}

// The masks of buttons again: the lowest button released, or 0.
static inline int kltop_button_released(mmask_t state) {
  if (state & BUTTON1_RELEASED) return 1;
  if (state & BUTTON2_RELEASED) return 2;
  if (state & BUTTON3_RELEASED) return 3;
  return 0;
}

#endif
