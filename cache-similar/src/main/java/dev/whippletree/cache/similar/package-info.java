/** A cache that answers a question by what a similar one was answered, and keeps a bound on how often that is wrong. */
@NullMarked
package dev.whippletree.cache.similar;

import org.jspecify.annotations.NullMarked;
