@NullMarked
package dev.whippletree.time;

import org.jspecify.annotations.NullMarked;
