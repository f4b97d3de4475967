package dev.whippletree.batch.file;

/**
 * A problem of one line of an input. Immutable.
 *
 * @param line the line's number, from 1
 * @param code what is wrong, for programs
 * @param message what is wrong and what to do, without the line
 */
public record LineProblem(long line, String code, String message) {}
