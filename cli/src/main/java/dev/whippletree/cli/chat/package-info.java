/**
 * The command {@code chat}: a conversation in the terminal. Reads messages and commands, asks, prints answers as they
 * arrive.
 *
 * <p>JLine is used here and nowhere else in the command, so that commands that end soon don't load it.
 */
@NullMarked
package dev.whippletree.cli.chat;

import org.jspecify.annotations.NullMarked;
