/** A cache that answers a question with the answer of a similar one, and bounds how often that is wrong. */
@NullMarked
package dev.whippletree.cache.similar;

import org.jspecify.annotations.NullMarked;
