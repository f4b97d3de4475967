/**
 * Batches from files to files: reads prompts, checks them, writes results down so that a batch that was cut off goes on where it was.
 */
@NullMarked
package dev.whippletree.batch.file;

import org.jspecify.annotations.NullMarked;
