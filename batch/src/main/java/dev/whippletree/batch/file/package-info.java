/**
 * Batches from files to files: reads prompts, checks them, and writes results so that an interrupted batch can
 * continue.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.batch.file;

import org.jspecify.annotations.NullMarked;
