/**
 * OpenAI's Responses protocol, without stored state: translates requests to chat completions and answers back.
 */
@NullMarked
package dev.whippletree.gateway.responses;

import org.jspecify.annotations.NullMarked;
