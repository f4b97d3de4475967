/** The contract of journals of batches. */
@NullMarked
package dev.whippletree.testkit.batch;

import org.jspecify.annotations.NullMarked;
