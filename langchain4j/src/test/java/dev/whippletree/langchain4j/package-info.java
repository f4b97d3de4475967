@NullMarked
package dev.whippletree.langchain4j;

import org.jspecify.annotations.NullMarked;
