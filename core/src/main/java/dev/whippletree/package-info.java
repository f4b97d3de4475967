/** The door to Whippletree: build one, hand it prompts, ask how it is doing. */
@NullMarked
package dev.whippletree;

import org.jspecify.annotations.NullMarked;
