/** Lets programs built on Spring AI ask a Whippletree: its {@code ChatModel}. */
@NullMarked
package dev.whippletree.springai;

import org.jspecify.annotations.NullMarked;
