@NullMarked
package dev.whippletree.engine.scope;

import org.jspecify.annotations.NullMarked;
