/**
 * Lets programs built on Spring AI ask a Whippletree: its {@code ChatModel}.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.springai;

import org.jspecify.annotations.NullMarked;
