/** OpenAI's files and batches: takes uploads, and runs their lines with batch priority, over what a folder has. */
@NullMarked
package dev.whippletree.gateway.batches;

import org.jspecify.annotations.NullMarked;
