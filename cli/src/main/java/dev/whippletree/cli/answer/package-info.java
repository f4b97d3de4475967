/** Prints answers, as they arrive or at once, and one line about their source. */
@NullMarked
package dev.whippletree.cli.answer;

import org.jspecify.annotations.NullMarked;
