/** Shows the progress of long tasks: a progress bar and lines that are redrawn in place. */
@NullMarked
package dev.whippletree.cli.live;

import org.jspecify.annotations.NullMarked;
