/**
 * The command {@code plan}: reads what is wanted, has it planned, and hands out the answer.
 */
@NullMarked
package dev.whippletree.cli.emulated.capacity;

import org.jspecify.annotations.NullMarked;
