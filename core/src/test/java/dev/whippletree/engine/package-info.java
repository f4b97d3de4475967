@NullMarked
package dev.whippletree.engine;

import org.jspecify.annotations.NullMarked;
