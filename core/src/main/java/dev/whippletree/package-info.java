/** The entry point of Whippletree: build one, submit prompts, read its status. */
@NullMarked
package dev.whippletree;

import org.jspecify.annotations.NullMarked;
