/**
 * Translates between LangChain4j's chat models and a Whippletree; {@code docs/langchain4j.md} is the guide.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.langchain4j;

import org.jspecify.annotations.NullMarked;
