/**
 * The entry point of Whippletree: build one, submit prompts, read its status.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree;

import org.jspecify.annotations.NullMarked;
