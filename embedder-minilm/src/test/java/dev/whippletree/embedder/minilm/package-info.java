@NullMarked
package dev.whippletree.embedder.minilm;

import org.jspecify.annotations.NullMarked;
