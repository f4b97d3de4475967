@NullMarked
package dev.whippletree.engine.cache;

import org.jspecify.annotations.NullMarked;
