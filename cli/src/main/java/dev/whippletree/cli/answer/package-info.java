/** An answer as it is printed: while it comes or at once, and one line about where it came from. */
@NullMarked
package dev.whippletree.cli.answer;

import org.jspecify.annotations.NullMarked;
