/**
 * Measures how much of its limits the production engine uses, in virtual time, against bounds that share no code with
 * it.
 *
 * <p>{@link dev.whippletree.emulator.matrix.MatrixProgram} runs every kind of service, knowledge, unit, latency, width,
 * window and number of accounts; each combination is a cell.
 */
@NullMarked
package dev.whippletree.emulator.matrix;

import org.jspecify.annotations.NullMarked;
