/** Keeps a trace of the gateway's prompts in a folder, without their text, for {@code plan --trace}. */
@NullMarked
package dev.whippletree.gateway.trace;

import org.jspecify.annotations.NullMarked;
