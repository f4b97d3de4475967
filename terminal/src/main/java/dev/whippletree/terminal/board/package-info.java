/**
 * Formats figures for a terminal: the status board, its tables, colours and words.
 *
 * <p>Everything here turns values into lines of text. Nothing prints, reads a clock or asks what the terminal is.
 */
@NullMarked
package dev.whippletree.terminal.board;

import org.jspecify.annotations.NullMarked;
