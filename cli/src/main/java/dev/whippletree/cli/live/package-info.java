/**
 * What is shown while something long is under way: a progress bar and lines that are drawn anew in place.
 */
@NullMarked
package dev.whippletree.cli.live;

import org.jspecify.annotations.NullMarked;
