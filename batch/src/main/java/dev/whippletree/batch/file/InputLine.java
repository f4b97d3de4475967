package dev.whippletree.batch.file;

import dev.whippletree.model.Prompt;

/**
 * A line of an input, or a row, which may take several lines. Immutable.
 *
 * @param number where it begins, from 1
 * @param id its id
 * @param prompt what it asks
 * @param text all that it asks
 */
record InputLine(long number, String id, Prompt prompt, String text) {}
