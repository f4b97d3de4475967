@NullMarked
package dev.whippletree.limits;

import org.jspecify.annotations.NullMarked;
