/** Translates between LangChain4j's chat models and a Whippletree; {@code docs/langchain4j.md} is the guide. */
@NullMarked
package dev.whippletree.langchain4j;

import org.jspecify.annotations.NullMarked;
