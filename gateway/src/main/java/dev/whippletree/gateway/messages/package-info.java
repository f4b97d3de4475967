/** Anthropic's Messages: requests and answers, translated. */
@NullMarked
package dev.whippletree.gateway.messages;

import org.jspecify.annotations.NullMarked;
