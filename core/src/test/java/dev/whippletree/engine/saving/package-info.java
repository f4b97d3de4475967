@NullMarked
package dev.whippletree.engine.saving;

import org.jspecify.annotations.NullMarked;
