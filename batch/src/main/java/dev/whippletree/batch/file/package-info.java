/**
 * Batches from files to files: reads prompts, checks them, and writes results so that an interrupted batch can
 * continue.
 */
@NullMarked
package dev.whippletree.batch.file;

import org.jspecify.annotations.NullMarked;
