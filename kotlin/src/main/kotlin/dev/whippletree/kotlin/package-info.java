/** Lets coroutines ask a Whippletree; {@code docs/kotlin.md} is the guide. */
@NullMarked
package dev.whippletree.kotlin;

import org.jspecify.annotations.NullMarked;
