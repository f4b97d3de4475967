@NullMarked
package dev.whippletree.engine.pool;

import org.jspecify.annotations.NullMarked;
