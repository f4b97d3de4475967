@NullMarked
package dev.whippletree.state;

import org.jspecify.annotations.NullMarked;
