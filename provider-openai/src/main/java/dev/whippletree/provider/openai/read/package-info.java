/**
 * Reads responses: whole answers, streams, and bodies of any coding, within bounds. {@code ResponseReader} is the door.
 */
@NullMarked
package dev.whippletree.provider.openai.read;

import org.jspecify.annotations.NullMarked;
