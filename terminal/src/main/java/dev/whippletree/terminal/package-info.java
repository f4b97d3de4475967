/**
 * A command's terminal: what it can do, how large it is, the signals that its keys send, and the progress of a long
 * task on it.
 *
 * <p>The lines themselves are formatted in {@link dev.whippletree.terminal.board}.
 */
@NullMarked
package dev.whippletree.terminal;

import org.jspecify.annotations.NullMarked;
