@NullMarked
package dev.whippletree.engine.flight;

import org.jspecify.annotations.NullMarked;
